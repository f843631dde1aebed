"""The call graph of a world: references resolved, components ordered by level, cycles refused."""

from collections.abc import Mapping

from sim.errors import ScenarioError
from sim.spec import World


def resolve(world: World, reference: str) -> tuple[str, str]:
    """Return (component, operation) that "component" or "component.operation" names.

    A component alone means its first operation. Raises ScenarioError where there is none.
    """
    component_id, _, operation_id = reference.partition(".")
    try:
        component = world.component(component_id)
    except KeyError:
        known = ", ".join(sorted(component.id for component in world.components))
        raise ScenarioError(
            f"{reference!r} names no component of world {world.id!r}; it has {known}"
        ) from None
    operations = [operation.id for operation in component.operations]
    if not operation_id:
        return component_id, operations[0]
    if operation_id not in operations:
        has = ", ".join(operations)
        raise ScenarioError(f"{reference!r} names no operation of component {component_id!r}; it has {has}")
    return component_id, operation_id


def components_by_level(world: World) -> dict[str, int]:
    """Return the level of every component: the longest path from one that nobody calls, which is 0.

    Lagged calls do not count. Raises ScenarioError for a cycle, naming its path, and for unknown references.
    """
    callees = {
        component.id: list(
            dict.fromkeys(
                resolve(world, call.to)[0]
                for op in component.operations
                for call in op.calls
                if not call.lagged
            )
        )
        for component in world.components
    }
    order = _callers_first(callees)
    level = dict.fromkeys(callees, 0)
    for component in order:
        for callee in callees[component]:
            level[callee] = max(level[callee], level[component] + 1)
    return level


def _callers_first(callees: Mapping[str, list[str]]) -> list[str]:
    done: list[str] = []
    seen: set[str] = set()
    for root in callees:
        if root in seen:
            continue
        path, pending = [root], [iter(callees[root])]
        seen.add(root)
        while path:
            callee = next(pending[-1], None)
            if callee is None:
                done.append(path.pop())
                pending.pop()
            elif callee in path:
                cycle = " -> ".join([*path[path.index(callee) :], callee])
                raise ScenarioError(
                    f"the calls form a cycle: {cycle}; remove one of these calls or mark it lagged"
                )
            elif callee not in seen:
                seen.add(callee)
                path.append(callee)
                pending.append(iter(callees[callee]))
    return done[::-1]
