"""Every verb, walked as a trainee: nothing of the truth may come back."""

from typing import get_args

import pytest

from scenarios.library import listed, resolve
from sim.actions import VERBS
from sim.actions.look import SPLITS
from sim.answer import Answer, Chart, Line, Table
from sim.drill import Drill
from sim.journal import Log, header_of
from sim.spec import Instruments, Scenario, Seat, Tool, ToolName
from sim.world.faults import FAULTS
from sim.world.routine import routine
from tests.spine.small import SCENARIO, SECRET, drill

SEED = 5
LOOKS_S = (5, 100, 400, 700, 1200)
FEW_LOOKS_S = (400, 1000)
"""For shipped drills: a walk through one has some seven hundred lines."""


def text_of(answer: Answer) -> str:
    found: list[str] = []
    for block in answer.blocks:
        match block:
            case Line():
                found.append(block.text)
            case Table():
                found += [*block.columns, *(cell for row in block.rows for cell in row)]
            case Chart():
                found.append(block.label)
    return "\n".join(found)


def lines_for(of: Drill) -> list[str]:
    """Every verb with every name it can take, looks first, then what changes something."""
    names, scenario = of.view.names, of.scenario
    lines = ["status", "alerts", "alerts all", "topology", "changes", "runbook", "oncall", "who", "timeline"]
    lines += ["journeys", "changes last 2h"]
    lines += ["incident", "help", "hint"]
    for component in names.components:
        lines += [
            f"metrics {component}",
            f"logs {component}",
            f"topology {component}",
            f"changes {component}",
        ]
        lines += [f"metrics {component} error_share by {by}" for by in SPLITS]
        lines += [
            f"metrics {component} p95_ms by instance",
            f"metrics {component} last 10m compare yesterday",
        ]
        lines += [f"alerts {component}"]
    for journey in names.journeys:
        lines += [f"metrics {journey}", f"traces {journey}", f"journeys {journey}"]
    lines += [f"runbook {rule}" for rule in names.rules]
    lines += [f"alert {number}" for number in of.view.board.alerts]
    lines += [f"help {verb}" for verb in VERBS]
    lines += ["ack", "ack all", "escalate", "noise 1", "link 1", "unsilence 1", "declare P1 x", "severity P2"]
    lines += [f"silence {names.rules[0]} 1m", f"affects {names.journeys[0]}", "page ana", "say x", "decide x"]
    lines += ["note x", "update customer x next 5m", f"suspect {names.components[0]} disk", "mitigated"]
    for component in names.components:
        for verb, action in VERBS.items():
            if action.group == "act" and action.usage.split(" [")[0] == "COMPONENT":
                lines.append(f"{verb} {component}")
        lines += [f"scale {component} 2x", f"throttle {component} 90%"]
        lines += [f"isolate {component}"] + [f"flag-off {component} {f}" for f in names.flags[component]]
    lines += [f"drain {zone}" for zone in scenario.world.zones]
    lines += [f"block {client}" for client in names.clients]
    return [line for line in lines if line.split()[0] in VERBS]


def secrets(scenario: Scenario) -> list[str]:
    """What only the truth, the debrief and the facilitator know."""
    found = [SECRET, "truth.", "fault:", scenario.debrief.what_happened]
    found += [fault.id for fault in scenario.faults if len(fault.id) > 6]
    found += [kind.kind for kind in FAULTS.values() if "_" in kind.kind]
    found += [play.why for play in scenario.plays] + [play.title for play in scenario.plays]
    found += [change.summary for change in scenario.changes if not change.logged]
    found += [f" {change.id} " for change in routine(scenario, SEED) if not change.logged]
    found += [objective.text for objective in scenario.objectives]
    found += [*scenario.debrief.compare, *scenario.debrief.questions]
    return [secret for secret in found if secret]


def walk(of: Drill, looks_s: tuple[int, ...]) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    for at_s in looks_s:
        of.advance(at_s * 1000)
        told += [(f"{at_s} {line}", text_of(of.enter(line))) for line in lines_for(of)]
        told += [
            (f"{at_s} completion of {v!r}", "\n".join(of.view.completions(f"{v} "))) for v in ("", *VERBS)
        ]
        told.append((f"{at_s} status bar", of.view.status().impact))
    told += [(line, text_of(of.enter(line))) for line in ("wait 1m", "pause", "status", "resume", "resolve")]
    return told + events_of(of)


def events_of(of: Drill) -> list[tuple[str, str]]:
    return [(f"event {r.seq}", r.event.model_dump_json()) for r in of.view.events(0)]


def acts_for(of: Drill) -> list[str]:
    verbs = {verb for verb, action in VERBS.items() if action.group == "act"}
    return [f"{line} yes" for line in lines_for(of) if line.split()[0] in verbs]


def found_secrets(of: Drill, looks_s: tuple[int, ...] = LOOKS_S) -> list[tuple[str, str]]:
    told = walk(of, looks_s)
    assert len(told) > 500
    hidden = secrets(of.scenario)
    return [(where, secret) for where, text in told for secret in hidden if secret in text]


def test_no_verb_of_the_small_drill_tells_the_truth():
    assert found_secrets(drill()) == []


@pytest.mark.parametrize("scenario_id", [entry.id for entry in listed()])
def test_no_verb_of_a_shipped_drill_tells_the_truth(scenario_id: str):
    scenario = resolve(scenario_id)
    seat = Seat(name="you", role="responder")
    header = header_of(scenario, SEED, (seat,))
    of = Drill(scenario, SEED, seat, Log(None, header), Log(None, header))
    assert found_secrets(of, FEW_LOOKS_S) == []


def test_nothing_leaks_where_instruments_lie_and_tools_are_lost():
    lines = ("WARN {component} the queue of mails is long",)
    worth = [
        Instruments(component="web", logs="partial", traces="partial"),
        Instruments(component="api", logs="misleading", traces="misleading", misleading=lines),
        Instruments(component="db", logs="empty", traces="empty"),
    ]
    tools = [Tool(tool=name, needs="db.write") for name in get_args(ToolName)]
    world = SCENARIO.world.model_copy(update={"tools": tuple(tools)})
    assert found_secrets(drill(SCENARIO.model_copy(update={"instruments": tuple(worth)}))) == []
    assert found_secrets(drill(SCENARIO.model_copy(update={"world": world}))) == []


def test_no_act_tells_the_truth_from_its_start_to_its_end():
    """One drill for each act, played until the act is over."""
    finished = 0
    for line in acts_for(drill()):
        of = drill()
        of.advance(300_000)
        told = [(line, text_of(of.enter(line)))]
        of.advance(1_500_000)
        told += events_of(of)
        finished += any(card.finished for card in of.view.board.acts.values())
        assert [(where, s) for where, text in told for s in secrets(of.scenario) if s in text] == []
    assert finished > 15


@pytest.mark.parametrize("scenario_id", [entry.id for entry in listed()])
def test_an_incident_commander_learns_no_more(scenario_id: str):
    scenario = resolve(scenario_id)
    seat = Seat(name="you", role="ic")
    header = header_of(scenario, SEED, (seat,))
    of = Drill(scenario, SEED, seat, Log(None, header), Log(None, header))
    of.enter("declare P1 x")
    assert found_secrets(of, FEW_LOOKS_S[1:]) == []


def test_the_walk_would_find_a_leak():
    leaking = SCENARIO.model_copy(update={"briefing": f"It is the {SECRET}."})
    assert found_secrets(drill(leaking)) != []


def test_every_verb_is_walked():
    walked = {line.split()[0] for line in lines_for(drill())}
    # alert needs an alert and flag-off a flag, which the shipped drills have; walk() itself types the rest
    assert set(VERBS) - walked == {"alert", "flag-off", "wait", "pause", "resume", "resolve"}


def test_truth_is_never_among_the_events_of_a_person():
    of = drill()
    of.advance(1_000_000)
    kinds = {record.event.kind for record in of.view.events(0)}
    assert not {kind for kind in kinds if kind.startswith("truth.")}
    assert {record.seen_by for record in of.truth} == {("truth",)}
