"""Checks of a false alarm: it was looked at what users feel, nothing was done, and nobody was alarmed."""

import re
from collections.abc import Callable, Mapping

from scoring.acts import act_text, failed_acts
from scoring.case import Case
from scoring.checks.verdicts import judged, not_observable
from scoring.record import cite, having
from scoring.scorecard import Evidence, Verdict
from scoring.wording import says_well
from sim.events import ActStarted, AlertMarked, LookedAt, Record

OUTSIDE_ACTS = frozenset({"call-vendor"})
"""Hands-on acts that change nothing of ours."""
JOURNEY_LOOKS = frozenset({"metrics", "traces"})
"""Looks that show what users feel, of a journey; `status` shows all of them."""
LUCK_CREDIT = 0.5
TAKEN_BACK_CREDIT = 0.5


def users_looked_at(case: Case) -> Verdict:
    """Whether somebody looked at what users feel before anything was done."""
    evidence = case.clocks.evidence
    if evidence is None:
        return not_observable("nobody was paged")
    look, acts = _look_at_users(case), _acts(case)
    if look is None:
        return judged(0, "nobody looked at the journeys", evidence)
    if acts and acts[0].seq < look.seq:
        return judged(0, "an act came before the first look at the journeys", acts[0], look)
    return judged(1, "looked at before anything was done", look)


def restraint(case: Case) -> Verdict:
    """Whether nothing was done to a system that hurt nobody."""
    acts = _acts(case)
    if acts:
        return judged(0, f"done to a system that hurt nobody: {', '.join(act.what for act in acts)}", *acts)
    if not case.engaged:
        return not_observable("nobody was engaged; doing nothing is not counted as restraint")
    look = _look_at_users(case)
    if look is None:
        return judged(LUCK_CREDIT, "nothing was done, but nobody looked whether users are hurt")
    return judged(1, "nothing was done, after a look at what users feel", look)


def no_outage_invented(case: Case) -> Verdict:
    """Whether customers heard of trouble that was none."""
    if not case.engaged:
        return not_observable("nobody was engaged")
    onset = case.impact.onset
    sent = [pair for pair in case.updates("customer") if onset is None or pair[0].t_ms < onset.t_ms]
    wrong = [record for record, update in sent if not says_well(update.text)]
    if not wrong:
        return judged(1, "no update to customers spoke of trouble", *(_update(record) for record, _ in sent))
    back = [record for record, update in sent if says_well(update.text) and record.seq > wrong[-1].seq]
    why = "customers were told of trouble while no user was hurt"
    shown = tuple(_update(record) for record in (*wrong, *back))
    if back:
        return judged(TAKEN_BACK_CREDIT, f"{why}, and later that there is none", *shown)
    return judged(0, why, *shown)


def alarm_closed(case: Case) -> Verdict:
    """Whether the incident was resolved, or the alert was marked where none was declared."""
    declared, resolved = case.clocks.declared, case.clocks.resolved
    if declared is not None:
        why = "what was declared was resolved" if resolved else "what was declared was left open"
        return judged(float(resolved is not None), why, declared, resolved)
    marks = having(case.journal, AlertMarked)
    if not marks:
        return judged(0, "nothing was declared and the alert was not marked as noise")
    record, event = marks[-1]
    return judged(1, "the alert was marked as noise", cite(record, f"alert {event.alert} marked as noise"))


def _update(record: Record) -> Evidence:
    return cite(record, "customer update")


def _acts(case: Case) -> list[Evidence]:
    """The acts that changed the world."""
    failed = failed_acts(case)
    return [
        cite(record, act_text(act))
        for record, act in having(case.journal, ActStarted)
        if act.verb not in OUTSIDE_ACTS and act.act not in failed
    ]


def _look_at_users(case: Case) -> Evidence | None:
    """The first look at what users feel since the first page."""
    from_ms = case.clocks.evidence.t_ms if case.clocks.evidence else 0
    journeys = {journey.id for journey in case.record.scenario.world.journeys}
    for record, look in having(case.journal, LookedAt):
        at_journey = look.verb in JOURNEY_LOOKS and journeys & set(re.findall(r"[\w-]+", look.args))
        if record.t_ms >= from_ms and (look.verb == "status" or at_journey):
            return cite(record, f"looked: {look.verb} {look.args}".rstrip())
    return None


CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    "users-looked-at": users_looked_at,
    "restraint": restraint,
    "no-outage-invented": no_outage_invented,
    "alarm-closed": alarm_closed,
}
