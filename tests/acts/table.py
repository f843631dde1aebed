"""What every act does to every fault, found by simulation, and the page that keeps it.

make table            prints it
make table UPDATE=1   writes it into docs/faults-and-acts.md
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sim.world.faults import FAULTS
from sim.world.mitigations import MITIGATIONS, Mitigation
from tests.acts import deep

PAGE = Path(__file__).parents[2] / "docs" / "faults-and-acts.md"
BEGIN, END = "<!-- generated: {} -->", "<!-- end of {} -->"

RELIEVED_SHARE, HARM_SHARE = 0.9, 1.1
"""An act relieves when at most so much of the loss is left, and harms from so much of it on."""
FLOOR_USER_MIN = 1000.0
"""Smaller differences are not worth a word."""
WELL_USER_MIN = 100.0
"""Users are well when no more than this is lost in the last five minutes."""

MARKS = {"cures": "C", "relieves": "r", "no effect": "·", "harms": "H", "loses data": "D", "refused": " "}
Effect = tuple[str, str]


def effect(without: deep.Run, kind: str, verb: str) -> str:
    """Return what an act does to a fault: cures, relieves, no effect, harms, loses data or refused.

    cures: the fault is gone and users are well at the end. loses data: records are gone for good, whatever
    else it does. `without` is what becomes of the fault when nobody acts.
    """
    done = deep.played(deep.AIMED[kind], verb)
    if done is None:
        return "refused"
    if done.records_lost >= 1.0:
        return "loses data"
    if done.ended and done.lost_at_end <= WELL_USER_MIN:
        return "cures"
    saved = without.lost_user_min - done.lost_user_min
    if saved > FLOOR_USER_MIN and done.lost_user_min <= RELIEVED_SHARE * without.lost_user_min:
        return "relieves"
    if -saved > FLOOR_USER_MIN and done.lost_user_min >= HARM_SHARE * without.lost_user_min:
        return "harms"
    return "no effect"


def _row(kind: str) -> dict[str, str]:
    without = deep.left_alone(deep.AIMED[kind])
    return {verb: effect(without, kind, verb) for verb in MITIGATIONS}


def everything() -> dict[str, dict[str, str]]:
    """Return the effect of every act by fault and verb, on all processors."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return dict(zip(FAULTS, pool.map(_row, FAULTS), strict=True))


def as_table(found: dict[str, dict[str, str]]) -> str:
    """Return the table in Markdown, faults down and verbs across."""
    lines = ["| fault | " + " | ".join(f"`{verb}`" for verb in MITIGATIONS) + " |"]
    lines.append("|---" * (len(MITIGATIONS) + 1) + "|")
    for kind, row in found.items():
        lines.append(f"| `{kind}` | " + " | ".join(MARKS[row[verb]] for verb in MITIGATIONS) + " |")
    return "\n".join(lines)


def from_page(text: str) -> dict[str, dict[str, str]]:
    """Return what the page says."""
    names = {mark: name for name, mark in MARKS.items()}
    rows = [line.split("|")[1:-1] for line in _part(text, "table").splitlines() if line.startswith("|")]
    verbs = [cell.strip(" `") for cell in rows[0][1:]]
    return {
        row[0].strip(" `"): {
            verb: names[cell.strip() or " "] for verb, cell in zip(verbs, row[1:], strict=True)
        }
        for row in rows[2:]
    }


def acts_page() -> str:
    """Return what each act hits, costs and risks, in Markdown."""
    lines = ["| act | hits | risk | takes about | tool fails | asks | second word |", "|---" * 7 + "|"]
    for verb, act in MITIGATIONS.items():
        asks = "yes" if act.warn is not None else ""
        second = "where dangerous" if act.second_word is not None else ""
        cells = (f"`{verb}`", act.hits, act.risk, _takes(act), f"{act.fail_share:.1%}", asks, second)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def faults_page() -> str:
    """Return what each kind of fault is, in Markdown."""
    lines = ["| fault | what it is | `suspect` |", "|---|---|---|"]
    lines += [f"| `{kind.kind}` | {kind.title} | {kind.mechanism} |" for kind in FAULTS.values()]
    return "\n".join(lines)


def _takes(act: Mitigation) -> str:
    text = _span(act.takes.median_s)
    return text if act.takes_database is None else f"{text}; a database {_span(act.takes_database.median_s)}"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:g} min"


def _part(text: str, name: str) -> str:
    return text.partition(BEGIN.format(name))[2].partition(END.format(name))[0]


def with_part(text: str, name: str, part: str) -> str:
    """Return the page with one generated part replaced."""
    before, begin, rest = text.partition(BEGIN.format(name))
    _, end, after = rest.partition(END.format(name))
    return f"{before}{begin}\n{part}\n{end}{after}"


def pages() -> dict[str, str]:
    """Return the parts of the page that are read off the catalogue."""
    return {"acts": acts_page(), "faults": faults_page()}


def main() -> None:
    """Print the table, or write the page."""
    table = as_table(everything())
    if "UPDATE" not in sys.argv:
        print(table)
        return
    text = PAGE.read_text(encoding="utf-8")
    for name, part in ({"table": table} | pages()).items():
        text = with_part(text, name, part)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
