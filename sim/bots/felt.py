"""How bad it is for users, as far as one person can see: severity, journeys hurt, share of users."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from sim.spec import Journey, Policy, Severity
from sim.view import View

HURT_SHARE = 0.02
"""From this share of bad requests a journey is called hurt: more than noise; an assumption."""
DEGRADED_WEIGHT = 0.25
"""What a degraded answer counts of a failed one; an assumption."""
RANKS: tuple[Severity, ...] = ("P4", "P3", "P2", "P1")
"""From the least to the worst."""


@dataclass(frozen=True, slots=True)
class JourneyFelt:
    """A journey as its users feel it: `users` active now, `bad` the share of their requests that are."""

    id: str
    title: str
    critical: bool
    users: float
    bad: float


@dataclass(frozen=True, slots=True)
class Felt:
    """How bad it is: severity by the policy's table, journeys hurt (worst first), share of users hurt."""

    severity: Severity = "P4"
    journeys: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    users_share: float = 0.0
    blind: bool = False

    @property
    def hurt(self) -> bool:
        """Whether anybody is hurt worth speaking of."""
        return bool(self.journeys)


def worse(one: Severity, other: Severity) -> bool:
    """Return whether a severity is worse than another."""
    return RANKS.index(one) > RANKS.index(other)


def by_policy(policy: Policy, users_hurt_share: float, journey_bad_share: float) -> Severity:
    """Return the severity that an impact has if it lasts."""
    for row in policy.impact:
        if users_hurt_share >= row.users_hurt_share or journey_bad_share >= row.journey_bad_share:
            return row.severity
    return "P4"


def feel(journeys: Iterable[JourneyFelt], policy: Policy, *, blind: bool = False) -> Felt:
    """Return how bad it is, given all journeys."""
    known = list(journeys)
    hurt = sorted((one for one in known if one.bad >= HURT_SHARE), key=lambda one: -one.bad)
    if not hurt:
        return Felt(blind=blind)
    share = sum(one.users * one.bad for one in hurt) / max(sum(one.users for one in known), 1e-9)
    worst = max((one.bad for one in hurt if one.critical), default=0.0)
    return Felt(
        by_policy(policy, share, worst),
        tuple(one.id for one in hurt),
        tuple(one.title for one in hurt),
        min(share, 1.0),
        blind,
    )


def felt_by_figures(view: View) -> Felt:
    """Return what `status` and `journeys` tell; without dashboards, what the alerts that fire tell."""
    if view.data_ms is None:
        return felt_by_alerts(view)
    return feel([_measured(view, journey) for journey in view.world.journeys], view.policy)


def _measured(view: View, journey: Journey) -> JourneyFelt:
    parts = view.clients_of(journey.id).values()
    rps = sum(met.rps for met in parts)
    bad = sum(
        met.rps * (met.failed + met.slow + DEGRADED_WEIGHT * met.degraded) for met in parts if met.rps > 0.0
    )
    share = bad / rps if rps > 0.0 else 0.0
    late = None if journey.queue is None else view.measured_now(journey.queue, "queue_age_s")
    if late is not None and late > journey.late_s:
        share = 1.0
    return JourneyFelt(journey.id, journey.title, journey.critical, _users(journey, rps), share)


def felt_by_logs(view: View, last_s: int) -> Felt:
    """Return what the logs of the components at which users enter tell: failed lines of all that was served.

    Without any log it is what the alerts tell.
    """
    entries = dict.fromkeys(journey.entry.split(".")[0] for journey in view.world.journeys)
    lines = {entry: view.log_lines(entry, last_s) for entry in entries}
    if not any(lines.values()):
        return felt_by_alerts(view)
    usual = _usual_rps(view)
    failed = {entry: failed_lines(lines[entry]) for entry in entries}
    served = sum(int(n) for log in lines.values() for line in log for n in _SERVED.findall(line))
    busy = served / last_s / sum(usual.values()) if served else 1.0
    felt = []
    for journey in view.world.journeys:
        entry, _, operation = journey.entry.partition(".")
        rps = usual[journey.id] * min(2.0, max(0.2, busy))
        bad = min(1.0, failed[entry].get(operation, 0) / last_s / max(rps, 1e-9))
        felt.append(JourneyFelt(journey.id, journey.title, journey.critical, _users(journey, rps), bad))
    return feel(felt, view.policy, blind=True)


def failed_lines(lines: Iterable[str]) -> dict[str, int]:
    """Return how many requests of each operation a log says have failed."""
    found: dict[str, int] = {}
    for line in lines:
        told = _FAILED.search(line)
        if told is not None:
            found[told["operation"]] = found.get(told["operation"], 0) + int(told["times"] or 1)
    return found


_FAILED = re.compile(r" ERROR (?P<operation>[\w-]+): .*?(?:\(x(?P<times>\d+)\))?$")
_SERVED = re.compile(r"served (\d+) requests")


def _usual_rps(view: View) -> dict[str, float]:
    """Return the ordinary demand for each journey, which is known without looking."""
    return {
        journey.id: sum(client.rps.get(journey.id, 0.0) for client in view.world.clients)
        for journey in view.world.journeys
    }


def _users(journey: Journey, rps: float) -> float:
    return rps * 60.0 / journey.requests_per_user_min


def felt_by_alerts(view: View) -> Felt:
    """Return what alerts on journeys tell; how many users a journey has is known from its ordinary demand."""
    bad: dict[str, float] = {}
    for card in view.board.open_alerts:
        rule = view.rules_named(card.fired.rule)[0].rule
        if rule.journey is not None and not card.noise:
            value = card.fired.value if rule.signal == "error_share" else 0.5
            bad[rule.journey] = max(bad.get(rule.journey, 0.0), value if isfinite(value) else 0.5)
    usual = _usual_rps(view)
    felt = [
        JourneyFelt(j.id, j.title, j.critical, _users(j, usual[j.id]), bad.get(j.id, 0.0))
        for j in view.world.journeys
    ]
    return feel(felt, view.policy, blind=True)
