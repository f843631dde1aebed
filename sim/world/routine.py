"""Changes of an ordinary day: what teams change all the time and what has nothing to do with the outage.

They are a record and nothing else: none of them moves a component's version or any parameter. Whoever takes
one back spends the time that this takes and changes nothing. When they are made follows office hours, who
makes them the teams of the world.
"""

from collections.abc import Sequence
from datetime import timedelta

from sim.spec import Change, Component, Person, Scenario
from sim.streams import poisson, uniform
from sim.world.routine_texts import Text, texts_for

UNLOGGED_SHARE = 0.15
"""So many changes are in no record; an assumption."""
HOUR_S = 3600
PAST_H = 24
_OFFICE_FROM, _OFFICE_TO = 8, 18
_AT_NIGHT, _AT_THE_WEEKEND = 0.08, 0.25
"""How much is changed in an hour of the night, and in one of the weekend, of what an office hour sees."""
_PLANNED = frozenset({"migration", "infrastructure"})


def routine(scenario: Scenario, seed: int) -> tuple[Change, ...]:
    """Return the routine changes from 24 h before the onset to the end of the drill, oldest first.

    A function of (scenario, seed). No id is that of a change of the scenario's own.
    """
    taken = {change.id for change in scenario.changes}
    last_h = -(-scenario.horizon_s // HOUR_S)
    found: list[Change] = []
    for hour in range(-PAST_H, last_h):
        mean = scenario.routine_changes_per_day * _share_of_day(scenario, hour)
        for n in range(poisson(seed, "routine changes", f"{scenario.id}|hour {hour}", mean)):
            change = _change(scenario, seed, hour, n)
            if change is not None and change.at_s < scenario.horizon_s:
                found.append(change)
    named = []
    for change in sorted(found, key=lambda change: (change.at_s, change.id)):
        fresh = _fresh(change.id, taken)
        taken.add(fresh)
        named.append(change.model_copy(update={"id": fresh}))
    return tuple(named)


def _share_of_day(scenario: Scenario, hour: int) -> float:
    """Return which share of the changes of a day this hour has; hours count from the onset."""
    return _busy(scenario, hour) / (_OFFICE_TO - _OFFICE_FROM + _AT_NIGHT * (24 - _OFFICE_TO + _OFFICE_FROM))


def _busy(scenario: Scenario, hour: int) -> float:
    at = scenario.starts_at + timedelta(hours=hour)
    weekend = _AT_THE_WEEKEND if at.weekday() >= 5 else 1.0
    return weekend * (1.0 if _OFFICE_FROM <= at.hour < _OFFICE_TO else _AT_NIGHT)


def _change(scenario: Scenario, seed: int, hour: int, n: int) -> Change | None:
    """Return the n-th change of an hour; None where the world has nothing that anybody changes."""
    key = f"{scenario.id}|hour {hour}"

    def draw(what: str) -> float:
        return uniform(seed, f"routine {what}", key, n)

    ours = [component for component in scenario.world.components if component.kind != "third_party"]
    if not ours:
        return None
    component = ours[int(draw("component") * len(ours))]
    texts = texts_for(component.kind, felt=not component.hidden)
    text = texts[int(draw("text") * len(texts))]
    return Change(
        id=f"{component.id}-{text.slug}"[:36].rstrip("-"),
        at_s=hour * HOUR_S + int(draw("second") * HOUR_S),
        component=component.id,
        kind=text.kind,
        summary=_filled(text, component, draw("figure")),
        by=_author(component, _people(scenario), draw("author")),
        logged=draw("logged") >= UNLOGGED_SHARE,
        revertible=text.kind not in _PLANNED,
    )


def _filled(text: Text, component: Component, draw: float) -> str:
    low, high = text.figures
    return text.text.format(n=low + int(draw * (high - low + 1)), component=component.id)


def _people(scenario: Scenario) -> Sequence[Person]:
    known = {person.id: person for person in (*scenario.world.people, *scenario.people)}
    return [known[name] for name in sorted(known)]


def _author(component: Component, people: Sequence[Person], draw: float) -> str:
    """Return somebody of the team, or the team itself where nobody of it is known."""
    team = [person.id for person in people if person.team == component.team]
    return team[int(draw * len(team))] if team else component.team


def _fresh(name: str, taken: set[str]) -> str:
    """Return an id that is not taken yet: the name, or with the next number behind it."""
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)
