"""`pagerdrill rotation simulate`, `compare` and `size`: what a policy does to people, before it does."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim.oncall.options import plausible_year

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.oncall.load.model import Load
    from sim.oncall.schedule.policy import RotationPolicy
    from sim.oncall.whatif.goals import Goal
    from sim.oncall.whatif.run import Job, Mapping, Precision
    from sim.oncall.whatif.totals import Totals

Command = TypeVar("Command", bound="Callable[..., Any]")

_YEARS = 100
"""Enough for a first answer: settings that are plausible differ far more than means of so many years."""
_MANY_YEARS = 400
"""From so many years on all cores are used: starting processes takes a second."""

_file = click.Path(dir_okay=False, path_type=Path)
_policy = click.argument("policy_file", metavar="POLICY", type=_file)
_load = click.option(
    "--load", "load_file", metavar="FILE", type=_file, help="A load (default: of the literature)."
)
_seed = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="All chance."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_csv = click.option("--csv", "as_csv", is_flag=True, help="Print the figures as CSV.")
_names = click.option("--names", is_flag=True, help="People by their ids instead of pseudonyms.")
_html = click.option("--html", metavar="FILE", type=_file, help="Write a report with plots.")


_from = click.option(
    "--from",
    "begins",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=plausible_year,
    help="Play the year from the first Monday from this day on (default: when all rotations have begun).",
)


def _number(_: click.Context, __: click.Parameter, share: float | None) -> float | None:
    if share is not None and share != share:  # noqa: PLR0124 - nan lies in every range
        raise click.BadParameter("is not a number")
    return share


def _places(command: Command) -> Command:
    """Add the options that say where to play."""
    workers = click.option(
        "--workers", type=click.IntRange(1, 256), help="Processes (default: as many as cores)."
    )
    dask = click.option("--dask", metavar="ADDRESS", help="Play on a Dask cluster, e.g. tcp://host:8786.")
    return workers(dask(command))


@click.command()
@_policy
@_load
@click.option("--years", type=click.IntRange(1, 100_000), help=f"Years to play (default: {_YEARS}).")
@click.option(
    "--precision",
    type=click.FloatRange(0.0005, 0.5),
    callback=_number,
    help="Go on until --figure is known so well, e.g. 0.01.",
)
@click.option("--figure", help="For --precision (default: interruptions per person-week).")
@click.option(
    "--limit", "limits", multiple=True, help="A limit of your own, e.g. 'nights broken per person-week <= 1'."
)
@_from
@_seed
@_json
@_csv
@_html
@_names
@_places
def simulate(**given: Any) -> None:
    """Play years of a team under a policy: who is woken, how long pages wait, who carries what.

    Without --load the numbers of the literature are assumed, and printed as what they are.
    """
    import json

    from sim.oncall.schedule.load import load
    from sim.oncall.whatif import run, told
    from sim.oncall.whatif.arrivals import demand
    from sim.oncall.whatif.outcome import Outcome, plausible
    from sim.oncall.whatif.played_weeks import played_weeks
    from sim.oncall.whatif.priors import parameters, response_of
    from sim.oncall.whatif.table import compiled, year_of

    if given["years"] and given["precision"]:
        raise click.UsageError("--years and --precision exclude each other")
    if given["figure"] and not given["precision"]:
        raise click.UsageError("--figure says what --precision is for; give that as well")
    _check_outputs(given, [given["policy_file"]])
    policy = load(given["policy_file"])
    of_team = _load_of(given["load_file"])
    limits = _goals(given["limits"])
    precision = _precision(given)
    start = year_of([policy], given["begins"])
    table = compiled(policy, start)
    years = given["years"] or (run.YEARS_MAX if precision else _YEARS)
    whole = run.Job(table, demand(of_team, table), response_of(of_team), given["seed"], 0, years)
    with _place(given, years) as mapping:
        sums = _with_progress(whole, mapping, precision)
        ranges = plausible(table, of_team, given["seed"], mapping)
    outcome = Outcome(
        policy.policy,
        played_weeks([policy], start),
        table,
        of_team,
        given["seed"],
        sums,
        ranges,
        parameters(of_team, len(ranges), given["seed"]),
    )
    _write_page(given["html"], lambda page: page.outcome_page(outcome, limits, named=given["names"]))
    if given["as_json"]:
        click.echo(json.dumps(told.plain(outcome, limits, named=given["names"]), indent=1))
    elif given["as_csv"]:
        click.echo(told.table(outcome), nl=False)
    else:
        click.echo(told.text(outcome, limits, named=given["names"]), nl=False)


@click.command()
@click.argument("policy_files", metavar="POLICY POLICY...", type=_file, nargs=-1, required=True)
@_load
@click.option(
    "--settings", type=click.IntRange(10, 10_000), default=60, show_default=True, help="Plausible worlds."
)
@click.option("--years", type=click.IntRange(2, 1_000), default=4, show_default=True, help="Years in each.")
@_from
@_seed
@_json
@_csv
@_html
@_places
def compare(**given: Any) -> None:
    """Compare policies with the first: in how many plausible settings is one better than the other?

    Adds the arm that costs least: the first policy with the five rules fixed that page most without need.
    """
    import json

    from sim.oncall.schedule.load import load
    from sim.oncall.whatif import told_comparison
    from sim.oncall.whatif.compare import compare as compared

    _check_outputs(given, given["policy_files"])
    policies = [load(file) for file in given["policy_files"]]
    names = [policy.policy for policy in policies]
    if len(set(names)) < len(names):
        raise click.UsageError(
            f"two policies have the same name ({', '.join(names)}); give them different ones"
        )
    of_team = _load_of(given["load_file"])
    with _place(given, given["settings"] * given["years"] * (len(policies) + 1)) as mapping:
        found = compared(
            policies,
            of_team,
            given["seed"],
            mapping,
            given["settings"],
            given["years"],
            given["begins"],
        )
    _write_page(given["html"], lambda page: page.comparison_page(found))
    if found.settings < given["settings"]:
        click.echo(f"stopped after {found.settings} settings; what follows is of these", err=True)
    if given["as_json"]:
        click.echo(json.dumps(told_comparison.plain(found), indent=1))
    elif given["as_csv"]:
        click.echo(told_comparison.table(found), nl=False)
    else:
        click.echo(told_comparison.text(found), nl=False)


@click.command()
@_policy
@_load
@click.option(
    "--goal",
    "goals",
    multiple=True,
    required=True,
    help="E.g. 'incidents per shift <= 2'; may be given again.",
)
@click.option("--people", metavar="FROM-TO", help="Sizes to try (default: 2 to twice the team).")
@click.option("--minutes", help="Minutes of the first step to try, e.g. 5,10,15.")
@click.option("--turns", help="Lengths of turns to try: daily,weekly.")
@_from
@_seed
@_json
@_places
def size(**given: Any) -> None:
    """Find the smallest team that keeps its goals in most plausible settings.

    Goals on response times need a load with the team's own times to acknowledge. Ends with 1 where no size
    does.
    """
    import json

    from sim.oncall.schedule.load import load
    from sim.oncall.whatif import size as sizes
    from sim.oncall.whatif import told, told_size
    from sim.oncall.whatif.played_weeks import played_weeks
    from sim.oncall.whatif.table import year_of

    policy = load(given["policy_file"])
    of_team = _load_of(given["load_file"])
    goals = _goals(given["goals"])
    for goal in goals:
        known = of_team.acknowledge is not None
        if goal.figure.startswith("time to") and not known:
            raise click.UsageError(
                f"{goal}: how fast this team responds is not known; fit a --load to its history "
                "with `rotation fit`, or write its own times to acknowledge in one"
            )
        if goal.figure.startswith("time to mitigate") and "hands-on time" not in of_team.measured:
            raise click.UsageError(
                f"{goal}: how long this team works on incidents is not known; "
                "fit a --load to a history that has it, with `rotation fit`"
            )
    wanted = _sizes(given["people"], policy)
    minutes, turns = _minutes(given["minutes"]), _turns(given["turns"])
    start = year_of([policy], given["begins"])
    with _place(given, 0) as mapping:
        try:
            tried = sizes.search(
                policy, of_team, goals, wanted, minutes, turns, given["seed"], mapping, start
            )
        except ValueError as problem:
            raise click.ClickException(str(problem)) from None
    found = sizes.best(tried)
    weeks = played_weeks([policy], start)
    if given["as_json"]:
        click.echo(
            json.dumps(told_size.plain(goals, tried, found, told.assumptions(of_team, weeks)), indent=1)
        )
    else:
        click.echo(told_size.text(goals, tried, found, told.assumed(of_team, weeks)), nl=False)
    if found is None:
        raise SystemExit(1)


def _sizes(text: str | None, policy: "RotationPolicy") -> range:
    from sim.oncall.whatif.resize import team_size

    if text is None:
        return range(2, 2 * max(1, team_size(policy)) + 1)
    first, _, last = text.partition("-")
    if (
        not (first.isdecimal() and (last or first).isdecimal())
        or not 1 <= int(first) <= int(last or first) <= 100
    ):
        raise click.UsageError(f"--people {text!r}: write two sizes from 1 to 100, e.g. 3-8")
    return range(int(first), int(last or first) + 1)


def _minutes(text: str | None) -> "list[int | None]":
    if text is None:
        return [None]
    numbers = text.split(",")
    if not all(number.isdecimal() and 1 <= int(number) <= 1_000 for number in numbers):
        raise click.UsageError(f"--minutes {text!r}: write whole minutes, e.g. 5,10,15")
    return [int(number) for number in numbers]


def _turns(text: str | None) -> Any:
    if text is None:
        return [None]
    units = text.split(",")
    if not set(units) <= {"daily", "weekly"}:
        raise click.UsageError(f"--turns {text!r}: write daily, weekly, or both")
    return units


def _with_progress(whole: "Job", mapping: "Mapping", precision: "Precision | None") -> "Totals":
    """Play years with a bar on standard error, where that is a terminal."""
    import sys

    from sim.oncall.whatif.run import CHUNK, simulate

    if sys.stderr.isatty():
        with click.progressbar(length=whole.end, label="years", file=sys.stderr, show_pos=True) as bar:
            sums = simulate(whole, mapping, precision, lambda sums: bar.update(min(CHUNK, sums.years)))
    else:
        sums = simulate(whole, mapping, precision)
    if precision is not None and precision.hopeless(sums):
        click.echo(
            f"{precision.figure}: endless in some years, so no number of years makes it known", err=True
        )
    elif sums.years < whole.end and not (precision and precision.reached(sums)):
        click.echo(f"stopped after {sums.years} years; what follows is of these", err=True)
    return sums


def _place(given: dict[str, Any], years: int) -> "AbstractContextManager[Mapping]":
    import os
    from importlib.util import find_spec

    from sim.oncall.whatif import run

    if given["dask"]:
        if find_spec("distributed") is None:
            raise click.ClickException("--dask needs the package distributed: pip install 'pagerdrill[dask]'")
        return run.cluster(given["dask"])
    count = given["workers"] or (os.cpu_count() or 1 if years >= _MANY_YEARS else 1)
    return run.processes(count) if count > 1 else run.here()


def _write_page(file: Path | None, made: "Callable[[Any], str]") -> None:
    """Write a report, if one is asked for."""
    from sim.output import write_whole

    if file is None:
        return
    try:
        from sim.oncall.whatif.page import page
    except ImportError as problem:
        raise click.ClickException(f"--html needs {problem.name}: pip install 'pagerdrill[report]'") from None
    write_whole(file, made(page))
    click.echo(f"{file}: written", err=True)


def _check_outputs(given: dict[str, Any], policy_files: "Sequence[Path]") -> None:
    """Refuse two forms at once, and a report over what is read, before anything is played."""
    from sim.output import not_over

    if given["as_json"] and given["as_csv"]:
        raise click.UsageError("--json and --csv exclude each other")
    not_over(given["html"], *policy_files, *([given["load_file"]] if given["load_file"] else []))


def _load_of(file: Path | None) -> "Load":
    from sim.oncall.load.defaults import default_load
    from sim.oncall.load.read import read_load

    return default_load() if file is None else read_load(file)


def _goals(texts: "tuple[str, ...]") -> "tuple[Goal, ...]":
    from sim.oncall.whatif.goals import goal_of

    try:
        return tuple(goal_of(one) for one in texts)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def _precision(given: dict[str, Any]) -> "Precision | None":
    from sim.oncall.whatif.goals import figure_named
    from sim.oncall.whatif.run import Precision

    if given["precision"] is None:
        return None
    try:
        return Precision(given["precision"], figure_named(given["figure"] or "interruptions per person-week"))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
