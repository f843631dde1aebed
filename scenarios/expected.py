"""What a scenario needs for what it expects of people, and how its score is anchored."""

from collections.abc import Iterator

from sim.mistakes import Finding
from sim.spec import Scenario
from sim.world import faults

HURTING_NOBODY = frozenset({"prevent", "no_action"})
"""Expectations under which a perfect play has no user hurt at all."""


def misfits(scenario: Scenario) -> Iterator[Finding]:
    """Yield what a scenario lacks for what it expects, or has too much of, and anchors that do not fit."""
    yield from _anchors(scenario)
    if scenario.expects == "no_action":
        yield from _false_alarm(scenario)
    else:
        yield from _trouble(scenario)


def _anchors(scenario: Scenario) -> Iterator[Finding]:
    """Yield what does not fit among the anchors of the score."""
    rubric = scenario.rubric
    if rubric.par_user_min >= rubric.unacceptable_user_min:
        yield ("rubric",), "par_user_min should be below unacceptable_user_min"
    if rubric.par_user_min == 0.0 and scenario.expects not in HURTING_NOBODY:
        text = f"{_expects(scenario)} hurts users before anybody can act; name a par above 0"
        yield ("rubric", "par_user_min"), text
    if rubric.par_band_user_min is not None:
        low, high = rubric.par_band_user_min
        if not low <= rubric.par_user_min <= high:
            yield (
                ("rubric", "par_band_user_min"),
                "should be a lower and an upper quartile around par_user_min",
            )


def _false_alarm(scenario: Scenario) -> Iterator[Finding]:
    for i, fault in enumerate(scenario.faults):
        kind = faults.FAULTS.get(fault.kind)
        if kind is not None and kind.hurts:
            text = f"{_expects(scenario)} hurts nobody by itself, and {fault.kind} can hurt users"
            yield ("faults", i, "kind"), text
    for i, play in enumerate(scenario.plays):
        if play.effect != "harms":
            text = f"{_expects(scenario)} has nothing to cure or relieve; only plays that harm fit"
            yield ("plays", i, "effect"), text


def _trouble(scenario: Scenario) -> Iterator[Finding]:
    if not scenario.faults:
        yield ("faults",), f"{_expects(scenario)} needs a fault"
    if scenario.expects == "wait_out":
        if scenario.faults and all(fault.lasts_s is None for fault in scenario.faults):
            yield ("faults",), f"{_expects(scenario)} needs a fault that ends by itself; give one lasts_s"
    elif not {"cures", "relieves"} & {play.effect for play in scenario.plays}:
        yield ("plays",), f"{_expects(scenario)} needs a play that cures or relieves"


def _expects(scenario: Scenario) -> str:
    return f"a scenario that expects `{scenario.expects}`"
