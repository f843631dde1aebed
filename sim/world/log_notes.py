"""What faults and blips write into logs, and in whose."""

import re
from string import Formatter

from sim.spec import Fault
from sim.world import faults
from sim.world.series import SeriesId
from sim.world.topology import Topology

PLACEHOLDERS = ("component", "zone", "version", "callee")
"""What a template of a log line can have in braces, to be filled in."""

_PLACE = re.compile(r"^(\w+)(?: \{(?:component|zone|version)\})* ")


def unfit(template: str) -> str | None:
    """Return what is wrong with a template of a log line, in words; None where it can be filled in."""
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
        fits = all(name in PLACEHOLDERS and not spec and not how for _, name, spec, how in parts)
    except ValueError:  # a brace without its partner
        fits = False
    if fits:
        return None
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return f"can be filled in with {known} alone; write any other brace doubled, {{{{ or }}}}"


def fault_notes(topology: Topology, fault: Fault, component: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return (text, cells) of the lines that a fault makes a component log.

    A log line begins with its cell, so the place that a template names first is left out of the text.
    """
    where = fault.where
    if where.component != component:
        return ()
    found = []
    for template in faults.log_lines(fault):
        text = _PLACE.sub(r"\1 ", template)
        by_text: dict[str, list[int]] = {}
        for index in topology.cells_of(component, where.zone, where.version, where.shard):
            cell = topology.cells[index]
            filled = text.format(
                component=component, zone=cell.zone, version=cell.version, callee=where.callee or ""
            )
            by_text.setdefault(filled, []).append(int(index))
        found += [(filled, tuple(cells)) for filled, cells in by_text.items()]
    return tuple(found)


def cells_of(topology: Topology, series: SeriesId) -> tuple[int, ...]:
    """Return the cells that a component's series is measured of."""
    part = {series.by: series.label} if series.by else {}
    return tuple(int(index) for index in topology.cells_of(series.name, **part))
