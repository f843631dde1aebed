"""A call graph drawn beside a list: each callee has a rail that runs from its first caller down to it."""

from collections.abc import Mapping, Sequence

from sim.spec import World
from sim.world.graph import components_by_level, resolve


def calls_shown(world: World) -> dict[str, tuple[str, ...]]:
    """Return what each component that is not hidden calls, hidden ones left out, callers before callees."""
    level = components_by_level(world)
    shown = [component for component in world.components if not component.hidden]
    ids = {component.id for component in shown}
    calls = {
        component.id: tuple(
            dict.fromkeys(
                callee
                for operation in component.operations
                for callee, _ in (resolve(world, call.to) for call in operation.calls)
                if callee in ids
            )
        )
        for component in shown
    }
    return {name: calls[name] for name in _ordered(calls, level)}


def _ordered(calls: Mapping[str, Sequence[str]], level: Mapping[str, int]) -> list[str]:
    """Return names by level, within one by where their callers stand, so that rails stay short."""
    place: dict[str, int] = {}
    for name in sorted(calls, key=lambda name: level[name]):
        place[name] = len(place)
    for depth in range(max(level.values(), default=0) + 1):
        row = [name for name in place if level[name] == depth]
        slots = sorted(place[name] for name in row)
        callers = {name: [place[other] for other in calls if name in calls[other]] for name in row}
        row.sort(key=lambda name: (sum(callers[name]) / max(1, len(callers[name])), place[name]))
        place |= dict(zip(row, slots, strict=True))
    return sorted(place, key=lambda name: place[name])


def rails(calls: Mapping[str, Sequence[str]], width: int) -> list[str]:
    """Return the drawing to the left of each name, all equally wide; names in the order of `calls`.

    Rails stand apart where they fit into `width` columns, else side by side.

    A rail begins (┌) at the first caller, is joined (├, ┼) by others and ends (└) at the callee. A call to
    something above, as circles have, is left out.
    """
    order = list(calls)
    active: list[str | None] = []
    rows: list[list[str]] = []
    for number, name in enumerate(order):
        below = [callee for callee in calls[name] if order.index(callee) > number]
        new = [callee for callee in below if callee not in active]
        for callee in sorted(new, key=order.index, reverse=True):
            _begin(active, callee)
        involved = [place for place, rail in enumerate(active) if rail == name or rail in below]
        first = min(involved, default=len(active))
        rows.append([_sign(rail, name, below, new, place > first) for place, rail in enumerate(active)])
        active = [None if rail == name else rail for rail in active]
    most = max((len(row) for row in rows), default=1)
    return [_drawn(row, most, apart=2 * most <= width) for row in rows]


def _begin(active: list[str | None], callee: str) -> None:
    if None in active:
        active[active.index(None)] = callee
    else:
        active.append(callee)


def _sign(rail: str | None, name: str, below: Sequence[str], new: Sequence[str], crossed: bool) -> str:
    """Return how one rail looks in the row of `name`; `crossed` where the row's line comes from its left."""
    if rail is None:
        return "─" if crossed else " "
    if rail == name:
        return "┴" if crossed else "└"
    if rail in new:
        return "┬" if crossed else "┌"
    if rail in below:
        return "┼" if crossed else "├"
    return "│"


def _drawn(row: list[str], most: int, *, apart: bool) -> str:
    """Return a row drawn on to the right of `most` rails, with its line."""
    first = next((place for place, sign in enumerate(row) if sign in "└┌├"), most)
    ends = ["─" if place >= first else " " for place in range(most)]
    signs = row + ends[len(row) :]
    if not apart:
        return "".join(signs) + "".join(ends[-1:])
    return "".join(sign + end for sign, end in zip(signs, ends, strict=True))
