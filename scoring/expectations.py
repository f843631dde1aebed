"""What each expectation asks of people: which checks count, how much, and what the card says of it.

A check that is not named under an expectation is not asked there and does not appear on the card. The reasons
stand in docs/judging.md; weights were chosen by them, before any scripted player was tuned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.rubric import AREAS, CHECK_RULES, CheckRule
from scoring.scorecard import Area
from sim.spec import Expectation

AreaWeights = Mapping[Area, int]
CheckWeights = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation: the sentence on the card, weights of areas, and of checks within their area.

    Both add up to 100: the areas, and the checks of each area.
    """

    about: str
    areas: AreaWeights
    checks: CheckWeights

    @property
    def rules(self) -> tuple[CheckRule, ...]:
        """The checks that are asked, in the order of the card."""
        return tuple(rule for rule in CHECK_RULES if rule.id in self.checks)


_DETECTION: CheckWeights = {
    "page-acknowledged": 15,
    "engaged-soon": 35,
    "declared-in-time": 30,
    "true-pages-not-missed": 10,
    "silence-cost-nothing": 10,
}
_TRIAGE: CheckWeights = {
    "severity-right": 25,
    "severity-followed": 10,
    "scope-journeys": 20,
    "users-estimated": 10,
    "suspect-right": 20,
    "looked-before-acting": 15,
}
_COMMUNICATION: CheckWeights = {
    "customers-told": 30,
    "executives-told": 10,
    "internal-told": 15,
    "promises-kept": 15,
    "update-says-what-matters": 15,
    "closing-notice": 15,
}
_OUTAGE: CheckWeights = {**_DETECTION, **_TRIAGE, **_COMMUNICATION}
"""What is asked wherever users are hurt, apart from mitigation."""
_AREAS: AreaWeights = {area: weight for area, _, weight in AREAS}


def _areas(detection: int, triage: int, communication: int, mitigation: int) -> AreaWeights:
    return {
        "detection": detection,
        "triage": triage,
        "communication": communication,
        "mitigation": mitigation,
    }


EXPECTED: Mapping[Expectation, Expected] = {
    "mitigate": Expected(
        "This drill is about mitigating: users are to be relieved soon, before the cause is "
        "understood or mended.",
        _AREAS,
        {
            **_OUTAGE,
            "loss-small": 40,
            "mitigated": 25,
            "no-harm-done": 15,
            "recovery-verified": 10,
            "claim-true": 10,
        },
    ),
    "wait_out": Expected(
        "This drill is about waiting: nothing of ours can end it, so people are to be told, and nothing "
        "is to be made worse meanwhile.",
        _areas(20, 20, 40, 20),
        {
            **_OUTAGE,
            "loss-small": 25,
            "nothing-in-vain": 30,
            "no-harm-done": 25,
            "recovery-verified": 10,
            "claim-true": 10,
        },
    ),
    "prevent": Expected(
        "This drill is about preventing: what begins here can be seen, and ended, before any user is hurt.",
        _areas(30, 15, 15, 40),
        {
            "page-acknowledged": 10,
            "engaged-soon": 60,
            "declared-in-time": 10,
            "true-pages-not-missed": 10,
            "silence-cost-nothing": 10,
            "severity-right": 10,
            "severity-followed": 5,
            "scope-journeys": 10,
            "users-estimated": 5,
            "suspect-right": 40,
            "looked-before-acting": 30,
            "customers-told": 20,
            "executives-told": 5,
            "internal-told": 5,
            "promises-kept": 10,
            "update-says-what-matters": 10,
            "closing-notice": 10,
            "finding-reported": 40,
            "averted": 50,
            "loss-small": 20,
            "mitigated": 5,
            "no-harm-done": 15,
            "recovery-verified": 5,
            "claim-true": 5,
        },
    ),
    "no_action": Expected(
        "This drill is about restraint: it is a false alarm. Users are well as long as nobody acts; to look, "
        "to say what was seen and to leave it alone is all there is to do.",
        _areas(15, 10, 20, 55),
        {
            "page-acknowledged": 30,
            "engaged-soon": 55,
            "true-pages-not-missed": 15,
            "users-looked-at": 70,
            "suspect-right": 30,
            "finding-reported": 50,
            "no-outage-invented": 25,
            "alarm-closed": 25,
            "restraint": 100,
        },
    ),
    "integrity": Expected(
        "This drill is about data: what is stored is to be made safe first, even where that hurts users for "
        "longer.",
        _AREAS,
        {
            **_OUTAGE,
            "data-safe": 50,
            "loss-small": 15,
            "mitigated": 10,
            "no-harm-done": 10,
            "recovery-verified": 10,
            "claim-true": 5,
        },
    ),
}
"""Every expectation."""
