"""Suspicions against the truth: how many calls lie between the suspected place and the nearest real one."""

from collections import deque
from dataclasses import dataclass

from scoring.case import Case
from scoring.pages import TRUE_LABELS
from scoring.record import cite, having
from scoring.rubric import FREE_SUSPICIONS
from scoring.scorecard import Evidence
from sim.events import AlertLabelled, FaultStarted, HypothesisRecorded
from sim.spec import World

MECHANISM_OF_CHANGE = {"deploy": "deploy", "config": "config", "flag": "config"}
"""The word to suspect for a kind of change; other kinds have none."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The last suspicion before mitigation, and what would have been right in words.

    `hops` is None where no call path leads to the place.
    """

    stated: tuple[Evidence, ...]
    hops: int | None
    mechanism_right: bool
    answer: str

    @property
    def credit(self) -> float:
        """70 % for the place, halved by each of two hops, 30 % for the mechanism; less for many guesses."""
        place = 0.5**self.hops if self.hops is not None and self.hops <= 2 else 0.0
        spread = 0.2 * max(0, len(self.stated) - 1 - FREE_SUSPICIONS)
        return max(0.0, 0.7 * place + 0.3 * self.mechanism_right - spread)


def last_suspicion(case: Case) -> Suspicion | None:
    """Return the last suspicion before users had recovered; None where there was none."""
    found = [pair for pair in having(case.journal, HypothesisRecorded) if pair[0].t_ms < case.impact.over_ms]
    if not found:
        return None
    last = found[-1][1]
    world = case.record.scenario.world
    distances = [hops(world, last.component, place) if place else 0 for place in guilty_components(case)]
    reached = [distance for distance in distances if distance is not None]
    return Suspicion(
        stated=tuple(
            cite(record, f"suspected {event.component}: {event.mechanism}") for record, event in found
        ),
        hops=min(reached, default=None),
        mechanism_right=last.mechanism.lower() in _mechanisms(case),
        answer=right_answer(case),
    )


def guilty_components(case: Case) -> tuple[str, ...]:
    """Return where the faults sit that made alerts of this incident; all faults where no label names one.

    '' is everywhere: a zone that is lost sits in no component, and to suspect any is right.
    """
    return tuple(dict.fromkeys(fault.component for fault in _guilty(case)))


def _guilty(case: Case) -> tuple[FaultStarted, ...]:
    faults = tuple(event for _, event in having(case.truth, FaultStarted))
    blamed = {
        event.cause.removeprefix("fault:")
        for _, event in having(case.truth, AlertLabelled)
        if event.label in TRUE_LABELS
    }
    return tuple(fault for fault in faults if fault.fault in blamed) or faults


def _bringing_changes(case: Case) -> tuple[str, ...]:
    """The kinds of the changes that brought the guilty faults."""
    scenario, guilty = case.record.scenario, {fault.fault for fault in _guilty(case)}
    brought = {fault.change for fault in scenario.faults if fault.id in guilty}
    return tuple(dict.fromkeys(change.kind for change in scenario.changes if change.id in brought))


def _mechanisms(case: Case) -> set[str]:
    """What counts as the mechanism: the scenario's words, and the kind of change that brought the fault."""
    words = {MECHANISM_OF_CHANGE[kind] for kind in _bringing_changes(case) if kind in MECHANISM_OF_CHANGE}
    scenario = case.record.scenario
    return {word.lower() for word in (scenario.mechanism, *scenario.mechanism_also)} | words


def right_answer(case: Case) -> str:
    """Return the right place and mechanism, e.g. 'edge: cpu, brought by a config change'."""
    places = guilty_components(case)
    place = " and ".join(place or "everywhere" for place in places) or "nowhere"
    kinds = " and ".join(
        f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} change" for kind in _bringing_changes(case)
    )
    kinds = kinds.replace("a deploy change", "a deploy")
    scenario = case.record.scenario
    mechanism = " or ".join((scenario.mechanism, *scenario.mechanism_also))
    return f"{place}: {mechanism}" + (f", brought by {kinds}" if kinds else "")


def hops(world: World, start: str, goal: str) -> int | None:
    """Return the number of calls between two components in either direction; None where none leads there."""
    near: dict[str, set[str]] = {component.id: set() for component in world.components}
    for component in world.components:
        for operation in component.operations:
            for call in operation.calls:
                callee = call.to.partition(".")[0]
                near[component.id].add(callee)
                near.setdefault(callee, set()).add(component.id)
    distance, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        if here == goal:
            return distance[here]
        for neighbour in sorted(near.get(here, ())):
            if neighbour not in distance:
                distance[neighbour] = distance[here] + 1
                queue.append(neighbour)
    return None
