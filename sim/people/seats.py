"""Who sits where: the trainee takes the seat of the first escalation step."""

import re

from sim.errors import PagerDrillError
from sim.events import ALL, FACILITATOR, TRUTH
from sim.spec import Person, Scenario, Seat

RESERVED = (ALL, TRUTH, FACILITATOR, "system", "incident", "responder", "ic")
NAME = re.compile(r"[\w.-]{1,40}")


def check_name(name: str, scenario: Scenario) -> None:
    """Raise PagerDrillError where somebody cannot play under this name."""
    if not NAME.fullmatch(name):
        raise PagerDrillError("--name must be one word of 1 to 40 letters, digits, dots or hyphens")
    if name.lower() in RESERVED:
        raise PagerDrillError(f"--name {name} has a meaning of its own; choose another")
    if any(name.lower() == person.id for person in colleagues(scenario)):
        raise PagerDrillError(f"--name {name} is a colleague in this drill; choose another")


def people(scenario: Scenario) -> tuple[Person, ...]:
    """Return everybody of the world, as the scenario overlays them, by escalation step."""
    overlaid = {person.id: person for person in (*scenario.world.people, *scenario.people)}
    return tuple(sorted(overlaid.values(), key=lambda p: (p.step is None, p.step or 0, p.id)))


def escalation_chain(scenario: Scenario, seat: Seat) -> tuple[Person, ...]:
    """Return the people that pages go to, in order; the trainee sits in the first seat."""
    steps = tuple(person for person in people(scenario) if person.step is not None)
    seated = steps[0].model_copy(update={"id": seat.name, "name": seat.name})
    return (seated, *steps[1:])


def colleagues(scenario: Scenario) -> tuple[Person, ...]:
    """Return everybody but the person whose seat the trainee takes."""
    first = next(person for person in people(scenario) if person.step is not None)
    return tuple(person for person in people(scenario) if person.id != first.id)
