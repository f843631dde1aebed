"""What faults and blips write into logs, and in whose."""

import re
from collections.abc import Iterable, Sequence
from string import Formatter

from sim.spec import Fault
from sim.streams import uniform
from sim.world import faults
from sim.world.series import SeriesId
from sim.world.topology import Topology

PLACEHOLDERS = ("component", "zone", "version", "callee")
"""What a template of a log line can have in braces, to be filled in; and `{n:LOW-HIGH}`, a figure."""

_PLACE = re.compile(r"^(\w+)(?: \{(?:component|zone|version)\})* ")
_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")
_FIGURE = re.compile(r"\{n:(\d+)-(\d+)\}")


class _Later:
    """Stands for a figure that is drawn when the line is written: formats to its own placeholder."""

    def __format__(self, spec: str) -> str:
        return f"{{n:{spec}}}"


def unfit(template: str) -> str | None:
    """Return what is wrong with a template of a log line, in words; None where it can be filled in."""
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
        fits = all(not how and _known(name or "", spec or "") for _, name, spec, how in parts)
    except ValueError:  # a brace without its partner
        fits = False
    if fits:
        return None
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return (
        f"can be filled in with {known} and a number as {{n:20-90}} alone; "
        "write any other brace doubled, {{ or }}"
    )


def _known(name: str, spec: str) -> bool:
    if name != "n":
        return name in PLACEHOLDERS and not spec
    bounds = _RANGE.fullmatch(spec)
    return bounds is not None and int(bounds[1]) <= int(bounds[2])


def with_figures(text: str, seed: int, identity: str, k: int) -> str:
    """Return a line with a number from LOW to HIGH drawn for each `{n:LOW-HIGH}`; `identity` keys it."""
    number = 0

    def drawn(bounds: re.Match[str]) -> str:
        nonlocal number
        number += 1
        low, high = int(bounds[1]), int(bounds[2])
        share = uniform(seed, "log figure", f"{identity}|{text}|{number}", k)
        return str(min(high, low + int((high - low + 1) * share)))

    return _FIGURE.sub(drawn, text)


def fault_notes(topology: Topology, fault: Fault, component: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return (text, cells) of the lines that a fault makes a component log; figures are yet to be drawn.

    What befalls the calls to a component is in the logs of those who call it. A log line begins with its
    cell, so the place that a template names first is left out of the text. A standby is not what broke,
    unless the fault is its alone.
    """
    where = fault.where
    if component != where.component and not (
        where.component is None and where.callee in _called(topology, component)
    ):
        return ()
    cells = [int(index) for index in topology.cells_of(component, where.zone, where.version, where.shard)]
    serving = [index for index in cells if not topology.cells[index].standby]
    return _by_text(topology, faults.log_lines(fault), serving or cells, where.callee or "")


def caller_notes(topology: Topology, fault: Fault, component: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return (text, cells) of the lines that a component logs of a fault of what it calls."""
    callee = fault.where.component
    if callee is None or callee not in _called(topology, component):
        return ()
    cells = [int(index) for index in topology.cells_of(component)]
    return _by_text(topology, faults.FAULTS[fault.kind].caller_lines, cells, callee)


def _by_text(
    topology: Topology, templates: Iterable[str], cells: Sequence[int], callee: str
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return every template filled in, with the cells that write it so."""
    found = []
    for template in templates:
        by_text: dict[str, list[int]] = {}
        for index in cells:
            by_text.setdefault(filled(template, topology, index, callee), []).append(index)
        found += [(text, tuple(at)) for text, at in by_text.items()]
    return tuple(found)


def filled(template: str, topology: Topology, index: int, callee: str = "") -> str:
    """Return a template as a cell (by index) writes it; figures are yet to be drawn."""
    cell = topology.cells[index]
    names = {"component": cell.component, "zone": cell.zone, "version": cell.version, "callee": callee}
    return _PLACE.sub(r"\1 ", template).format(n=_Later(), **names)


def _called(topology: Topology, component: str) -> set[str]:
    return {link.callee for link in topology.links if topology.stations[link.station].component == component}


def cells_of(topology: Topology, series: SeriesId) -> tuple[int, ...]:
    """Return the cells that a component's series is measured of; a standby has nothing to tell."""
    part = {series.by: series.label} if series.by else {}
    found = topology.cells_of(series.name, **part)
    return tuple(int(index) for index in found if not topology.cells[index].standby)
