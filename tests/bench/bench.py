"""What PagerDrill costs in time and memory, beside what it is meant to cost.

    make bench        or        python tests/bench/bench.py [--all]

Every figure is the median of several fresh processes. The rounds go through all figures in turn, so that
whatever else the machine does falls on all of them alike, and `python -c pass` shows how fast it is today.
Nothing is asserted: a slow machine is no mistake. `--all` adds the check of all scenarios, once, which takes
minutes.
"""

import os
import platform
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fresh import Fresh

ROUNDS = 5
LIGHT_A_ROUND = 3
"""Short commands run more often: they are noisier, and cheap."""

DRILLS = ("github-2023-09", "cloudflare-2019-07", "slack-2022-02")
CELLS = ("21", "99", "495", "1980")
INSIDE = str(Path(__file__).with_name("inside.py"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its unit and target: at most that, or at least where more is better."""

    name: str
    unit: str
    target: float | None = None
    more_is_better: bool = False

    def met(self, value: float) -> str:
        """Say whether a value reaches the target."""
        if self.target is None:
            return ""
        reached = value >= self.target if self.more_is_better else value <= self.target
        return "met" if reached else "NOT MET"

    def shown(self, value: float) -> str:
        """Return a value with three digits that matter and its unit."""
        digits = 0 if value >= 100 else 1 if value >= 10 else 2
        return f"{value:,.{digits}f} {self.unit}"


BARE = Figure("python -c pass", "ms")
HELP = Figure("pagerdrill --help", "s", 0.20)
LIST = Figure("pagerdrill scenarios list", "s", 0.40)
FLOW = Figure("flow alone, 60 cells, quiet", "ticks/s")
FLOW_DRY = Figure("flow alone, 60 cells, pools dry", "ticks/s")
SCALE = {cells: Figure(f"a tick of {cells} cells", "ms") for cells in CELLS}
EXPONENT = Figure("exponent of a tick's cost over cells", "", 1.1)
INSTANT = Figure("PromQL: an instant query", "ms", 10)
RANGE = Figure("PromQL: 24 h at 60 s, 20 series", "ms", 50)
ROUTING = Figure("routing", "alerts/s", 20_000, more_is_better=True)
NOISE = Figure("a noisy day of 40 services", "s", 0.5)
CHECK = Figure("scenarios check --all --seeds 5", "s", 240)


@dataclass(frozen=True, slots=True)
class OfDrill:
    """The figures of one drill."""

    drill: str

    @property
    def whole(self) -> Figure:
        """Wall time of a whole process that plays it with the oracle and scores it."""
        return Figure(f"{self.drill}: whole process, oracle", "s", 2.0)

    @property
    def memory(self) -> Figure:
        """Peak memory of that process."""
        return Figure(f"{self.drill}: its peak memory", "MB", 200)

    @property
    def engine(self) -> Figure:
        """Speed of the engine alone: nobody acts, construction excluded."""
        return Figure(f"{self.drill}: engine alone", "x", 2000, more_is_better=True)

    @property
    def construction(self) -> Figure:
        """Time until a new drill stands at its first moment."""
        return Figure(f"{self.drill}: its construction", "ms")

    @property
    def verb(self) -> Figure:
        """Time a look takes in mid-outage."""
        return Figure(f"{self.drill}: a look, median", "ms", 50)

    @property
    def worst_read(self) -> Figure:
        """Time the slowest of all logs and traces takes."""
        return Figure(f"{self.drill}: logs and traces, worst", "ms", 50)

    @property
    def history(self) -> Figure:
        """Time of the first look at a day of a signal."""
        return Figure(f"{self.drill}: 24 h of a signal, first look", "ms", 20)

    @property
    def worst_verb(self) -> Figure:
        """Time the slowest of all looks takes."""
        return Figure(f"{self.drill}: a look, worst", "ms", 50)


def main() -> None:
    """Measure everything and print the table."""
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}; {ROUNDS} rounds, about a minute",
        flush=True,
    )
    measured: dict[Figure, list[float]] = defaultdict(list)
    slowest: dict[str, float] = {}
    with TemporaryDirectory(prefix="pagerdrill-bench-") as bytecode:
        fresh = Fresh(Path(bytecode))
        for _ in one_round(fresh, {}):
            pass  # the first round compiles, as an installation does
        for number in range(1, ROUNDS + 1):
            for figure, value in one_round(fresh, slowest):
                measured[figure].append(value)
            if sys.stderr.isatty():
                print(f"\rround {number} of {ROUNDS}", end="\r", file=sys.stderr)
        if "--all" in sys.argv:
            measured[CHECK].append(fresh.pagerdrill("scenarios", "check", "--all", "--seeds", "5").wall_s)
    print_table(measured)
    line = max(slowest, key=lambda line: slowest[line])
    print(f"\nslowest look: `{line}`, {slowest[line]:.0f} ms; lines that were refused are not counted")


def one_round(fresh: Fresh, slowest: dict[str, float]) -> Iterator[tuple[Figure, float]]:
    """Measure every figure once, short commands a few times; note the slowest looks by line."""
    for _ in range(LIGHT_A_ROUND):
        yield BARE, 1000 * fresh.python("-c", "pass").wall_s
        yield HELP, fresh.pagerdrill("--help").wall_s
        yield LIST, fresh.pagerdrill("scenarios", "list").wall_s
    for drill in DRILLS:
        of = OfDrill(drill)
        played = fresh.pagerdrill("bots", "run", drill, "--bot", "oracle", "--seeds", "1")
        yield of.whole, played.wall_s
        yield of.memory, played.peak_mb
        engine = fresh.python(INSIDE, "engine", drill).told()
        yield of.engine, engine["times_real_time"]
        yield of.construction, engine["construction_ms"]
        looks = fresh.python(INSIDE, "looks", drill).told()
        yield of.verb, median(looks.values())
        yield of.worst_verb, max(looks.values())
        yield of.worst_read, max(ms for line, ms in looks.items() if line.startswith(("logs", "traces")))
        yield of.history, median(fresh.python(INSIDE, "history", drill).told().values())
        for line, ms in looks.items():
            slowest[line] = max(ms, slowest.get(line, 0.0))
    flow = fresh.python(INSIDE, "flow").told()
    yield FLOW, flow["quiet"]
    yield FLOW_DRY, flow["pools dry"]
    scale = fresh.python(INSIDE, "scale").told()
    for cells, figure in SCALE.items():
        yield figure, scale[cells]
    yield EXPONENT, scale["exponent"]
    queries = fresh.python(INSIDE, "promql").told()
    yield INSTANT, queries["instant"]
    yield RANGE, queries["range"]
    yield ROUTING, fresh.python(INSIDE, "routing").told()["alerts_a_second"]
    yield NOISE, fresh.python(INSIDE, "noise").told()["noisy"]


def print_table(measured: dict[Figure, list[float]]) -> None:
    """Print one row a figure: target, median, how many runs, smallest to largest, and whether it is met."""
    rows = [("figure", "target", "median", "n", "spread", "")]
    for figure, values in measured.items():
        sign = "≥" if figure.more_is_better else "≤"
        middle = median(values)
        rows.append(
            (
                figure.name,
                "" if figure.target is None else f"{sign} {figure.shown(figure.target)}",
                figure.shown(middle),
                str(len(values)),
                f"{figure.shown(min(values))} to {figure.shown(max(values))}",
                figure.met(middle),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        name, *numbers, met = row
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:5], strict=True)]
        print("  ".join([name.ljust(widths[0]), *cells, met]).rstrip())


if __name__ == "__main__":
    main()
