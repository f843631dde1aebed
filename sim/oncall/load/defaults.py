"""The load of a team without history: numbers of facts.md, each an assumption about this team."""

from sim.oncall.load.model import HOURS, AlertRule, Bursts, Load, Part

_START_HOURS_UTC = (
    19,
    15,
    10,
    20,
    15,
    9,
    12,
    19,
    23,
    35,
    27,
    20,
    20,
    40,
    68,
    68,
    70,
    61,
    51,
    45,
    41,
    26,
    35,
    30,
)
_WEEKDAYS = (147, 175, 171, 150, 90, 27, 19)
_BEHIND_UTC_H = 4
"""Where the incidents of facts.md B happened; their clock is moved to the team's."""

_RULES = 20
_NOISY_NEEDS_ACTION = 0.1
_NEEDS_ACTION = 0.3


def default_load() -> Load:
    """Return a load with its assumptions in words."""
    return Load(
        load="default",
        per_week=25,
        hours=tuple(
            float(_WEEKDAYS[hour // 24] * _START_HOURS_UTC[(hour + _BEHIND_UTC_H) % 24])
            for hour in range(HOURS)
        ),
        day_spread=0.5,
        bursts=Bursts(share=0.2, size=4, minutes=10),
        severities={"P1": 2, "P2": 10, "P3": 38, "P4": 50},
        rules=_rules(),
        hands_on={
            "P1": (Part(median=60, sigma=1.1),),
            "P2": (Part(median=40, sigma=1.1),),
            "P3": (Part(median=40, sigma=1.1),),
            "P4": (Part(median=20, sigma=1.1),),
        },
        no_action=(Part(median=5, sigma=0.8),),
        assumptions=(
            "25 pages a week for the team: between the 7 interruptions a user-month that PagerDuty (2021) "
            "calls bad, for six people, and the 10 alerts a day that 77 % of teams exceed (NeuBird 2026)",
            "hours of the week as 779 public incidents began (mrshu/github-statuses, 2022 to 2026), moved to "
            "the team's clock",
            "a day's number spreads by half around its mean, and a fifth of alerts are part of bursts of "
            "four: times between the same incidents vary 1.3 times as much as in a Poisson process",
            "30 % of alerts need action (fewer than that at 57 % of organisations, NeuBird 2026)",
            "20 rules, the n-th as frequent as 1/n; 10 % of the alerts of the five most frequent need "
            "action: most noise comes from a few chronic rules",
            "severities P1 to P4 as 2 : 10 : 38 : 50",
            "hands-on time of median 20 to 60 min, sigma 1.1: the spread of the same incidents' durations, "
            "in which severity barely shows",
            "5 min to see that nothing has to be done",
        ),
    )


def _rules() -> tuple[AlertRule, ...]:
    shares = [1.0 / number for number in range(1, _RULES + 1)]
    total = sum(shares)
    noisy, rest = sum(shares[:5]) / total, sum(shares[5:]) / total
    elsewhere = (_NEEDS_ACTION - noisy * _NOISY_NEEDS_ACTION) / rest
    return tuple(
        AlertRule(
            id=f"rule-{number}",
            share=round(share / total, 6),
            needs_action=round(_NOISY_NEEDS_ACTION if number <= 5 else elsewhere, 6),
        )
        for number, share in enumerate(shares, 1)
    )
