"""`pagerdrill alerts noise`: what a day of noise looks like, beside what others have published."""

from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from sim.alerting.noise.figures import Figures
    from sim.spec import NoiseProfile, Scenario

PROFILE_NAMES = ("quiet", "normal", "noisy", "storm")
SERVICES_MAX = 500
HOURS_MAX = 14 * 24
TOP_RULES = 5
_WIDTH = 80
_NAME, _HERE = 20, 12


class Above(Protocol):
    """What the command is handed down: scenarios, by id or path."""

    def scenario(self, named: str | None) -> "Scenario":
        """Return a scenario; None: a shipped one."""


@click.command()
@click.option(
    "--profile", type=click.Choice(PROFILE_NAMES), default="normal", show_default=True, help="How noisy."
)
@click.option(
    "--hours", type=click.IntRange(1, HOURS_MAX), default=24, show_default=True, help="How long to look."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True)
@click.option("--scenario", "named", help="Its world, by id or path (default: that of the first drill).")
@click.option(
    "--services",
    type=click.IntRange(1, SERVICES_MAX),
    help="Instead, a generated estate of so many services with a standard catalogue of rules.",
)
@click.option("--knob", "knobs", multiple=True, metavar="NAME=VALUE", help="Set a knob of the profile.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def noise(
    above: Above,
    profile: str,
    hours: int,
    seed: int,
    named: str | None,
    services: int | None,
    knobs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show what noise a profile makes, beside what others have published.

    Nothing is played: these are the alerts of HOURS in which nothing is wrong.

    Actionable: somebody has to do something about it. Flap: the same alert fires again at most 15 minutes
    after it resolved. Duplicate: no flap, and its rule had fired in the hour before. Storm minute: 20 rules
    fire within two minutes, this one and the next or the last, or more than 50 alerts a minute for five
    minutes. Cause rules amiss: rules about causes that are missing, watch the wrong signal, or come late.
    """
    from sim.alerting.noise.estate import estate
    from sim.alerting.noise.figures import figures_of
    from sim.alerting.noise.gaps import gaps
    from sim.alerting.noise.ordinary import ordinary_hours

    if named is not None and services is not None:
        raise click.UsageError("--scenario and --services are two worlds; give one")
    of = _profile(profile, knobs)
    scenario = above.scenario(named)
    if services is not None:
        scenario = scenario.model_copy(
            update={"world": estate(services), "changes": (), "faults": (), "noise_intensity": 1.0}
        )
    scenario = scenario.model_copy(update={"noise": of})
    figures = figures_of(ordinary_hours(scenario, of, hours, seed), hours, len(scenario.world.components))
    amiss, about_causes = gaps(scenario, seed)
    head = f"{scenario.world.id}, {figures.components} components, profile {profile}, {hours} h, seed {seed}"
    if as_json:
        _print_json(scenario.world.id, of, seed, figures, amiss, about_causes)
    else:
        _print(f"noise: {head}", figures, len(amiss), about_causes)


def _profile(name: str, knobs: tuple[str, ...]) -> "NoiseProfile":
    """Return the profile with the knobs that were given. Raises UsageError, saying what is wrong."""
    from pydantic import ValidationError

    from sim.spec import NoiseProfile

    known = [field for field in NoiseProfile.model_fields if field != "profile"]
    given: dict[str, str] = {}
    for knob in knobs:
        key, equals, value = knob.partition("=")
        if not equals or key not in known:
            raise click.UsageError(f"--knob {knob}: give NAME=VALUE; knobs are: {', '.join(known)}")
        given[key] = value
    try:
        return NoiseProfile.model_validate({"profile": name, **given})
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        text = first["msg"].removeprefix("Value error, ")
        raise click.UsageError(f"--knob {place}: {text}" if place else f"--knob: {text}") from None


def _print(head: str, figures: "Figures", amiss: int, about_causes: int) -> None:
    from sim.alerting.noise.published import published

    said: dict[str, list[str]] = {}
    for one in published(figures.components):
        said.setdefault(one.figure, []).append(f"{one.text} ({one.source})")
    click.echo(head)
    click.echo()
    _row("figure", "here", ["elsewhere"])
    _row("alerts an hour", f"{figures.alerts_per_h:.1f}", said["alerts an hour"])
    _row("actionable", f"{figures.actionable_share:.1%}", said["actionable"])
    made_by = f"{figures.rules_making_half} of {len(figures.by_rule)}"
    _row("rules making half", made_by, said["rules making half"])
    _row("by kind", "", said["by kind"])
    for kind, count in figures.by_kind:
        _row(f"  {kind.replace('_', ' ')}", f"{figures.share(count):.0%}", [])
    _row("flaps", f"{figures.share(figures.flaps):.0%}", said["flaps"])
    _row("duplicates", f"{figures.share(figures.duplicates):.0%}", said["duplicates"])
    _row("storm minutes", str(figures.storm_minutes), said["storm minutes"])
    _row("cause rules amiss", f"{amiss} of {about_causes}", said["cause rules amiss"])
    click.echo()
    storms = f", {figures.storm_alerts} of them in storms" if figures.storm_alerts else ""
    click.echo(f"{figures.alerts} alerts{storms}; most from:")
    for rule, count in figures.by_rule[:TOP_RULES]:
        click.echo(f"  {rule:<60}{count:>6}{figures.share(count):>7.0%}")


def _row(name: str, here: str, elsewhere: list[str]) -> None:
    """Print a figure, what it is here, and what is said elsewhere, wrapped to the width of the screen."""
    import textwrap

    rest = _WIDTH - _NAME - _HERE - 2
    lines = [line for text in elsewhere for line in textwrap.wrap(text, rest, subsequent_indent="  ")]
    for number, line in enumerate(lines or [""]):
        left = f"{name:<{_NAME}}{here:>{_HERE}}" if number == 0 else " " * (_NAME + _HERE)
        click.echo(f"{left}  {line}".rstrip())


def _print_json(
    world: str, profile: "NoiseProfile", seed: int, figures: "Figures", amiss: dict[str, Any], causes: int
) -> None:
    import json
    from dataclasses import asdict

    from sim.alerting.noise.published import published

    fields = {
        "world": world,
        "seed": seed,
        "profile": profile.model_dump(mode="json"),
        "figures": {
            **asdict(figures),
            "by_rule": dict(figures.by_rule),
            "by_kind": dict(figures.by_kind),
            "alerts_per_h": round(figures.alerts_per_h, 3),
            "actionable_share": round(figures.actionable_share, 4),
            "rules_making_half": figures.rules_making_half,
        },
        "cause_rules": {"count": causes, "amiss": amiss},
        "published": [asdict(one) for one in published(figures.components)],
    }
    click.echo(json.dumps(fields, indent=1, ensure_ascii=False))
