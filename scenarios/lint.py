"""Scenarios that are valid and still cannot be played well: what is missing, and what to do about it.

Pure: it reads the scenario and plans acts as the engine would, and plays nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.references import command_names
from sim.actions import Refused, parse
from sim.actions.acts import ActVerb
from sim.alerting.dispatch import routing, severity_label
from sim.alerting.noise.offenders import can_misfire
from sim.spec import Fault, Rule, Scenario
from sim.world import changes, faults
from sim.world.changes import DatedChange
from sim.world.mitigations.catalogue import plan
from sim.world.mitigations.plan import Act, DatedFault, Refusal, Situation

LEFT_MIN_S = 600
"""A fault should begin so long before the end that somebody can still do something; an assumption."""
_CONFIG_KINDS = ("config", "flag", "infrastructure")


@dataclass(frozen=True, slots=True)
class Finding:
    """What makes a scenario hard to play, where in it, and what to do."""

    where: str
    text: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.text}"


def lint(scenario: Scenario) -> tuple[Finding, ...]:
    """Return what is missing in a scenario that is valid in form and names; () where nothing is."""
    return tuple(finding for check in _CHECKS for finding in check(scenario))


# --- plays ------------------------------------------------------------------------------------------------


def _refused_plays(scenario: Scenario) -> Iterator[Finding]:
    """Plays whose first act the engine would refuse when the trouble has begun."""
    good = {play.id: _refusal(scenario, play.commands) for play in scenario.plays if play.effect != "harms"}
    for play, reason in good.items():
        if reason is not None:
            yield Finding(f"plays.{play}", f"its first act would be refused: {reason}; give another command")
    if good and all(reason is not None for reason in good.values()):
        yield Finding(
            "plays", "nobody can begin any play that helps; the drill cannot be mastered as written"
        )


def _refusal(scenario: Scenario, commands: tuple[str, ...]) -> str | None:
    """Return why the first hands-on act of some commands would be refused; None where it would not."""
    for command in commands:
        try:
            action = parse(command, command_names(scenario))
        except Refused as refused:
            return str(refused)
        if isinstance(action, ActVerb):
            at_ms = 1000 * max((fault.at_s for fault in scenario.faults), default=0) + 60_000
            act = Act(1, action.verb, action.where, "you", at_ms, action.to, action.amount)
            outcome = plan(act, _situation(scenario, at_ms), seed=1)
            return outcome.reason if isinstance(outcome, Refusal) else None
    return None


def _situation(scenario: Scenario, t_ms: int) -> Situation:
    return Situation(
        world=scenario.world,
        t_ms=t_ms,
        changes=tuple(
            DatedChange(change, change.at_s * 1000)
            for change in sorted(scenario.changes, key=lambda change: change.at_s)
        ),
        faults=tuple(DatedFault(fault, fault.at_s * 1000) for fault in scenario.faults),
        modifiers=tuple(m for c in scenario.changes for m in changes.modifiers(c, 0, scenario.world)),
    )


# --- faults -----------------------------------------------------------------------------------------------


def _incurable(scenario: Scenario) -> Iterator[Finding]:
    """Faults that hurt and stay, and that no verb cures or relieves, where users should be relieved."""
    if scenario.expects not in ("mitigate", "prevent", "integrity"):
        return
    for fault in scenario.faults:
        if faults.FAULTS[fault.kind].hurts and fault.lasts_s is None and not remedies_of(fault, scenario):
            yield Finding(
                f"faults.{fault.id}",
                f"no verb cures or relieves a {fault.kind} like this one; name the change or flag that "
                "brought it, give it a place (zone), or an end (lasts_s)",
            )


def remedies_of(fault: Fault, scenario: Scenario) -> tuple[str, ...]:
    """Return the verbs that can cure or relieve a fault in this scenario."""
    kind, where = faults.FAULTS[fault.kind], fault.where
    found = [*kind.cured_by, *kind.relieved_by]
    change = next((change for change in scenario.changes if change.id == fault.change), None)
    if fault.flag is not None:
        found.append("flag-off")
    if change is not None and change.revertible:
        found += ["rollback"] if change.kind == "deploy" else []
        found += ["revert-config"] if change.kind in _CONFIG_KINDS else []
    if where.zone is not None:
        found.append("drain")
    if where.client is not None:
        found += ["block", "throttle"]
    component = next((c for c in scenario.world.components if c.id == where.component), None)
    if component is not None:
        fits = {
            "failover": component.standby_zone is not None,
            "kill-query": component.kind == "database",
            "restore": component.kind == "database",
            "call-vendor": component.kind == "third_party",
            "scale": component.kind not in ("database", "third_party"),
        }
        found = [verb for verb in found if fits.get(verb, True)]
        found += ["isolate"] if _can_be_done_without(component.id, scenario) else []
    return tuple(dict.fromkeys(found))


def _can_be_done_without(component: str, scenario: Scenario) -> bool:
    calls = [
        call
        for other in scenario.world.components
        for operation in other.operations
        for call in operation.calls
        if call.to.split(".")[0] == component
    ]
    return bool(calls) and all(call.soft for call in calls)


def _too_late(scenario: Scenario) -> Iterator[Finding]:
    for fault in scenario.faults:
        left_s = scenario.horizon_s - fault.at_s
        if left_s < LEFT_MIN_S:
            text = f"begins {left_s} s before the drill is over; begin sooner or raise horizon_s"
            yield Finding(f"faults.{fault.id}", text)


def _changed_after(scenario: Scenario) -> Iterator[Finding]:
    """Faults that begin before the change that is said to have brought them."""
    made = {change.id: change for change in scenario.changes}
    for fault in scenario.faults:
        change = made.get(fault.change or "")
        if change is not None and change.at_s > fault.at_s:
            text = (
                f"begins {change.at_s - fault.at_s} s before its change {change.id}; make the change sooner"
            )
            yield Finding(f"faults.{fault.id}", text)


# --- what tells of it -------------------------------------------------------------------------------------


def _nobody_is_paged(scenario: Scenario) -> Iterator[Finding]:
    """Faults that hurt journeys of which no critical rule speaks, nor of anything on their way."""
    paging = [rule for rule in scenario.world.rules if _pages(rule, scenario)]
    if not paging:
        yield Finding(
            "rules", f"no rule {_LEADS}, so nobody is ever paged; {_MEND[bool(scenario.alertmanager)]}"
        )
        return
    for fault in scenario.faults:
        hurt = _journeys_behind(fault, scenario)
        told = {rule.journey or rule.component for rule in paging}
        if hurt and faults.FAULTS[fault.kind].hurts and not told & _on_the_way(hurt, scenario):
            yield Finding(
                f"faults.{fault.id}",
                f"can hurt {', '.join(sorted(hurt))}, and no rule that {_LEADS} watches these or what they "
                f"pass; {_MEND[bool(scenario.alertmanager)]}",
            )


_LEADS = "leads to a page"
_MEND = {False: "make a rule of the journey critical", True: "route one to a receiver that pages"}


def _pages(rule: Rule, scenario: Scenario) -> bool:
    """Return whether routing takes the alerts of a rule to somebody's pager."""
    config = routing(scenario)
    subject = {"journey": rule.journey} if rule.component is None else {"component": rule.component}
    labels = {"alertname": rule.name, **subject, **dict(rule.labels), "severity": severity_label(rule)}
    taken = config.route.taken({name: value for name, value in labels.items() if value})
    return any(config.receivers[route.receiver].pages for route in taken)


def _journeys_behind(fault: Fault, scenario: Scenario) -> set[str]:
    where = fault.where
    if where.journey is not None:
        return {where.journey}
    place = where.callee or where.component
    if place is None:
        return {journey.id for journey in scenario.world.journeys}
    return {j.id for j in scenario.world.journeys if place in _passed(j.entry.split(".")[0], scenario)}


def _on_the_way(journeys: set[str], scenario: Scenario) -> set[str]:
    entries = {j.entry.split(".")[0] for j in scenario.world.journeys if j.id in journeys}
    return journeys.union(*(_passed(entry, scenario) for entry in sorted(entries)))


def _passed(entry: str, scenario: Scenario) -> set[str]:
    """Return the components that requests which enter at one can pass, queues and their consumers too."""
    calls = {
        component.id: {call.to.split(".")[0] for op in component.operations for call in op.calls}
        for component in scenario.world.components
    }
    for component in scenario.world.components:
        if component.consumes is not None:
            calls[component.consumes].add(component.id)
    todo, seen = [entry], set()
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += sorted(calls[here])
    return seen


def _without_runbook(scenario: Scenario) -> Iterator[Finding]:
    for rule in scenario.world.rules:
        if rule.severity == "critical" and rule.runbook is None:
            yield Finding(f"rules.{rule.name}", "pages somebody and links to no runbook; give it one")


def _nobody_misfires(scenario: Scenario) -> Iterator[Finding]:
    if scenario.noise is not None and not any(can_misfire(rule) for rule in scenario.world.rules):
        text = (
            "no rule can misfire: journeys and certificates never do; give components rules, or leave it out"
        )
        yield Finding("noise", text)


def _nothing_changed(scenario: Scenario) -> Iterator[Finding]:
    logged = [change for change in scenario.changes if change.logged]
    if logged and all(change.at_s > 0 for change in logged):
        text = "all come after the onset, so that none can be suspected; make some before it (at_s below 0)"
        yield Finding("changes", text)


def _nobody_else(scenario: Scenario) -> Iterator[Finding]:
    known = {person.id: person for person in (*scenario.world.people, *scenario.people)}
    steps = [person.step for person in known.values() if person.step is not None]
    if len(steps) < 2:
        text = "nobody is behind the trainee: pages escalate to nobody, and nobody can give a second word"
        yield Finding("people", f"{text}; give somebody `step: 2`")


def _late_injects(scenario: Scenario) -> Iterator[Finding]:
    for number, inject in enumerate(scenario.injects, start=1):
        if inject.at_s >= scenario.horizon_s:
            text = f"number {number} comes after the end of the drill (horizon_s {scenario.horizon_s})"
            yield Finding("injects", f"{text}; send it sooner")


_CHECKS = (
    _refused_plays,
    _incurable,
    _too_late,
    _changed_after,
    _nobody_is_paged,
    _without_runbook,
    _nobody_misfires,
    _nothing_changed,
    _nobody_else,
    _late_injects,
)
