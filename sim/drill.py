"""The drill: one driver that plays a scenario, takes inputs, and writes everything down.

Live play, scripts, bots and replay all call `advance` and `submit`. A drill is a function of (scenario,
seed, seat, inputs with their times).

Order of an input: advance to now; append outputs and the input; write; wait for the disk; apply; answer.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.actions import Action, AskedBack, Refused, parse
from sim.actions.acts import ActVerb
from sim.actions.look import Look
from sim.actions.time import AskHint, Mitigated, Pause, Resolve, Resume, Wait
from sim.alerting import telling
from sim.alerting.dispatch import Dispatch, routing
from sim.alerting.monitoring import Monitoring, Raised
from sim.alerting.noise.gaps import watched
from sim.alerting.silencing import Silencing
from sim.answer import Answer, Line, refusal, said
from sim.board import Board
from sim.decision import Decision
from sim.errors import JournalError, StorageError
from sim.events import (
    ALL,
    FACILITATOR,
    TRUTH,
    ActionRefused,
    ActionSubmitted,
    AlertFired,
    ClockPaced,
    ClockReached,
    DrillEnded,
    DrillPaused,
    DrillResumed,
    DrillStarted,
    Event,
    HintGiven,
    IncidentDeclared,
    IncidentResolved,
    LookedAt,
    MessageSaid,
    MitigationClaimed,
    Record,
)
from sim.journal import Log
from sim.look import ANSWERS
from sim.oncall.pager import Pager
from sim.people.operator import Operator
from sim.people.script import Injects
from sim.people.seats import colleagues, escalation_chain
from sim.people.warroom import WarRoom
from sim.spec import Scenario, Seat
from sim.timeline import Order, Timeline
from sim.truth import Truth
from sim.view import View
from sim.waiting import Waiting
from sim.world.production import Production

AFTERMATH_S = 15 * 60
"""After `resolve` the world runs on for so long, and a relapse pages again."""
TIME_LEFT_S = 5 * 60
"""So long before the time limit the facilitator says so."""


class Drill:
    """A drill being played. Every public method leaves it at a whole instant.

    `interactive` says that lines come from a keyboard, so that names and verbs may be abbreviated.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        seat: Seat,
        journal: Log,
        truth: Log,
        *,
        interactive: bool = False,
    ) -> None:
        self.scenario = scenario = watched(scenario, seed)
        self.seed = seed
        self.seat = seat
        self.interactive = interactive
        self.onset_ms = _lead_in_ms(scenario, seed)
        self.end_ms = self.onset_ms + scenario.horizon_s * 1000
        self._journal = journal
        self._truth = truth
        self._board = Board()
        self._awaits_yes: Action | None = None
        self._timeline = Timeline()
        timeline, emit, board = self._timeline, self._emit, self._board
        chain = escalation_chain(scenario, seat)
        self.production = Production(scenario, seed, self.onset_ms, self.end_ms, timeline, emit)
        self._pager = Pager(
            timeline, emit, board, chain, scenario.policy.ack_timeout_s, seed, self._is_silenced
        )
        config = routing(scenario)
        self._dispatch = Dispatch(config, scenario.starts_at, timeline, emit, self._pager.notified)
        self._monitoring = Monitoring(
            self.production, timeline, emit, self._alert_fired, self._dispatch.resolved
        )
        tools = self._monitoring.tools
        self._reality = Truth(self.production, self._monitoring, timeline, emit)
        self._warroom = WarRoom(timeline, emit, board, colleagues(scenario), scenario.policy, seed, tools)
        self._operator = Operator(self.production, timeline, emit, board, seat, chain, seed, tools)
        self._injects = Injects(scenario, seat, self.onset_ms, timeline, emit, board, self._reality.hurting)
        router = self._dispatch.router
        self.view = View(self.production, self._monitoring, router, journal, scenario, seat, timeline, chain)
        self._silencing = Silencing(router.silences, self.view.names, timeline, emit, board)
        self._waiting = Waiting(self.view)
        self._start()
        self._operator.introduce()
        if interactive:
            self.view.warm_up()

    # --- the driver ---------------------------------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the start."""
        return self._timeline.now_ms

    @property
    def truth(self) -> list[Record]:
        """What was really so until now: for bots and judges, never for people who play."""
        return self._truth.records

    @property
    def ended(self) -> bool:
        """Whether nobody can act any more."""
        return self._board.ended is not None

    @property
    def paused(self) -> bool:
        """Whether the clock stands."""
        return self._board.paused

    def advance(self, t_ms: int) -> None:
        """Process everything due up to `t_ms` and write it down. Does nothing while paused or ended.

        Raises StorageError where it cannot be written; what happened stays in memory for the next try.
        """
        if not self.paused and not self.ended:
            self._advance(t_ms)
        self._write()

    def _advance(self, t_ms: int) -> None:
        t_ms = min(t_ms, self.end_ms)
        if t_ms > self.now_ms:
            self._timeline.run_to(t_ms)

    def enter(self, line: str) -> Answer:
        """Take one typed line at the present moment and answer it. Raises StorageError."""
        line = line.encode("utf-8", "replace").decode()
        try:
            action = self._meant(line).model_copy(update={"actor": self.seat.name})
        except Refused as refused:
            return self._refused(line, refused)
        return self.submit(action, line)

    def _meant(self, line: str) -> Action:
        """Return the action of a line; a lone `yes` means the act that was last asked about."""
        word = line.strip().lower()
        if self.interactive:
            word = {"y": "yes", "n": "no"}.get(word, word)
        if word not in ("yes", "no"):
            return parse(line, self.view.names, interactive=self.interactive)
        action, self._awaits_yes = self._awaits_yes, None
        if action is None:
            raise Refused(f"there is nothing to say {word} to")
        if word == "no":
            raise AskedBack(f"as you wish, {action.verb} was not done")
        return action

    def submit(self, action: Action, raw: str | None = None) -> Answer:
        """Validate, journal and apply an action; return what the person may see. Raises StorageError."""
        raw = action.command() if raw is None else raw
        try:
            self._may_act(action)
            decision = self._decide(action)
        except Refused as refused:
            return self._refused(raw, refused)
        if decision.answer.refused:
            return self.refuse(raw, decision.answer.text)
        self._waiting.typed()
        self._input(ActionSubmitted(verb=action.verb, command=action.command(), raw=raw))
        if isinstance(action, Look):
            component = getattr(action, "component", None) or getattr(action, "subject", None)
            looked = LookedAt(
                verb=action.verb,
                args=" ".join(action.command().split(" ")[1:]),
                component=component if component in self.view.names.components else None,
            )
            self._emit(looked, actor=action.actor, seen_by=(action.actor, FACILITATOR))
        for event in decision.events:
            self._emit(event, actor=action.actor)
        if decision.effect is not None:
            decision.effect()
        self._timeline.settle()
        return self._written(decision.answer)

    def _written(self, answer: Answer) -> Answer:
        """Write what the input led to. Where that fails the input still counts: a replay makes it again."""
        try:
            self._write()
        except StorageError as error:
            trouble = Line(
                f"{error} What you typed counts; what it led to is shown when there is room.", "bad"
            )
            return Answer((*answer.blocks, trouble))
        return answer

    def repeat(self, command: str, raw: str) -> None:
        """Submit an action again from its canonical form, as a replay does. Raises JournalError."""
        try:
            action = parse(command, self.view.names)
        except Refused as refused:
            raise JournalError(f"the stored command {command!r} means nothing here: {refused}") from None
        self.submit(action.model_copy(update={"actor": self.seat.name}), raw)

    def catch_up(self, t_ms: int) -> None:
        """Process everything due up to `t_ms`, also after the end of the drill. Raises StorageError."""
        self._advance(t_ms)
        self._write()

    def refuse(self, raw: str, reason: str) -> Answer:
        """Journal that a line was refused; nothing else changes. Raises StorageError."""
        self._input(ActionRefused(raw=raw[:500], reason=reason))
        return refusal(reason)

    def _refused(self, raw: str, refused: Refused) -> Answer:
        answer = self.refuse(raw, str(refused))
        return replace(answer, asked_back=isinstance(refused, AskedBack))

    def pause(self) -> None:
        """Stop the clock. Raises StorageError."""
        if not self.paused and not self.ended:
            self._input(DrillPaused(), seen_by=(ALL,))

    def resume(self) -> None:
        """Let the clock run again. Raises StorageError."""
        if self.paused and not self.ended:
            self._input(DrillResumed(), seen_by=(ALL,))

    def mark_time(self) -> None:
        """Journal how far the clock has come, so that a crash loses at most a second. Raises StorageError."""
        if not self.ended:
            self._input(ClockReached())

    def pace(self, speed: float) -> None:
        """Journal how fast the clock runs; it changes nothing else. Raises StorageError."""
        if not self.ended:
            self._input(ClockPaced(speed=speed))

    def waiting_until(self) -> int | None:
        """Return until when, at most, a `wait` lets time pass; None where nobody waits."""
        return self._waiting.until_ms

    def wait_over(self) -> bool:
        """Return whether what a `wait` was for has come, or a page interrupts it."""
        return self._waiting.over()

    def finish(self) -> None:
        """Let the world run on, headless, to the horizon. Raises StorageError."""
        self.resume()
        self._advance(self.end_ms)
        self._write(sync=True)

    def signals(self) -> dict[str, NDArray[np.generic]]:
        """Return the measured series that rules read or people looked at."""
        return self._monitoring.telemetry.arrays()

    def close(self) -> None:
        """Close the files."""
        self._journal.close()
        self._truth.close()

    # --- the start and the end ----------------------------------------------------------------------------

    def _start(self) -> None:
        scenario = self.scenario
        self._emit(
            DrillStarted(
                title=scenario.title,
                briefing=scenario.briefing,
                starts_at=scenario.starts_at.isoformat(),
                horizon_s=scenario.horizon_s,
                role=self.seat.role,
            )
        )
        self.production.start()
        self._monitoring.start()
        self._reality.start()
        self._injects.start()
        warned_ms = self.end_ms - TIME_LEFT_S * 1000
        if warned_ms > 0:
            self._timeline.call_at(warned_ms, Order.INJECTS, "time left", self._say_time_left)
        self._timeline.call_at(self.end_ms, Order.INPUTS, "horizon", lambda: self._end("time limit"))
        self._timeline.settle()
        self._write()

    def _say_time_left(self) -> None:
        """Say that the time limit is near, unless what happens now is only watched."""
        if not self.ended and self._board.resolved_ms is None:
            text = "Five minutes left in this drill."
            self._emit(MessageSaid(sender=FACILITATOR, text=text), actor=FACILITATOR)

    def _end(self, reason: str) -> None:
        if not self.ended:
            self._emit(DrillEnded(reason=reason))

    def _resolved_at(self, t_ms: int) -> None:
        """End the drill unless the incident was declared again since it was resolved at `t_ms`."""
        if self._board.resolved_ms == t_ms:
            self._end("resolved")

    def _alert_fired(self, raised: Raised) -> None:
        self._reality.label(raised)
        transition = raised.transition
        annotations = telling.annotations(transition.instance, transition.value)
        self._dispatch.fired(raised.alert, transition.identity, annotations)

    def _is_silenced(self, alert: AlertFired) -> bool:
        return bool(self._dispatch.silencing(alert))

    # --- verbs --------------------------------------------------------------------------------------------

    def _may_act(self, action: Action) -> None:
        if self.ended:
            raise Refused("the drill is over; `pagerdrill score` shows how it went")
        if self.paused and not isinstance(action, Resume):
            raise Refused("the drill is paused; `resume` lets the clock run again")

    def _decide(self, action: Action) -> Decision:
        if isinstance(action, Look):
            return Decision(ANSWERS[type(action)](action, self.view))
        if isinstance(action, ActVerb):
            planned = self._operator.decide(action)
            if not action.confirmed:
                self._ask(action, self._operator.warning(action))
            return planned
        deciding = (self._silencing.decide, self._pager.decide, self._warroom.decide)
        decision = next((found for decide in deciding if (found := decide(action)) is not None), None)
        if decision is not None:
            return self._with_operator(decision)
        return self._decide_time(action)

    def _ask(self, action: ActVerb | Mitigated | Resolve, warning: str) -> None:
        """Refuse an action once, saying what it means; `yes` then does it. Does nothing without a warning."""
        if warning:
            self._awaits_yes = confirmed = action.model_copy(update={"confirmed": True})
            raise AskedBack(f"{warning}. Type `yes` to do it, or `{confirmed.command()}`")

    def _still_hurt(self) -> str:
        """Return what speaks against saying that all is well; '' where nothing does."""
        hurt = [now.journey.id for now in self.view.journeys_now() if now.hurt]
        return f"as measured, users are still hurt: {', '.join(hurt)}" if hurt else ""

    def _with_operator(self, decision: Decision) -> Decision:
        """Declaring as incident commander also brings in the person at the keyboard."""
        operator = self._operator.person
        declares = any(isinstance(event, IncidentDeclared) for event in decision.events)
        if operator is None or not declares or operator.id in self._board.joined:
            return decision
        return Decision(decision.answer, decision.events, lambda: self._warroom.ask_to_join(operator))

    def _decide_time(self, action: Action) -> Decision:
        board = self._board
        match action:
            case Wait():
                return self._waiting.decide(action, self.now_ms)
            case Pause():
                return Decision(said("the clock stands"), (DrillPaused(),))
            case Resume():
                if not self.paused:
                    raise Refused("the clock is running")
                return Decision(said("the clock runs"), (DrillResumed(),))
            case AskHint():
                return self._hint(board.hints_given)
            case Mitigated():
                _needs_incident(board, "mitigated")
                if not action.confirmed:
                    self._ask(action, self._still_hurt())
                return Decision(
                    said("noted: users are no longer hurt. Watch it before you resolve"),
                    (MitigationClaimed(),),
                )
            case Resolve():
                _needs_incident(board, "resolve")
                if not action.confirmed:
                    self._ask(action, self._still_hurt())
                at_ms = self.now_ms
                end_ms = min(at_ms + AFTERMATH_S * 1000, self.end_ms)
                text = f"resolved. The world runs on for {AFTERMATH_S // 60} minutes; a relapse pages again"
                return Decision(
                    said(text, "title"), (IncidentResolved(),), lambda: self._run_out(at_ms, end_ms)
                )
        raise Refused(f"{action.verb} is not a verb of this drill")

    def _run_out(self, at_ms: int, end_ms: int) -> None:
        self._timeline.call_at(end_ms, Order.INPUTS, "aftermath", lambda: self._resolved_at(at_ms))
        self._pager.resolved()
        self._waiting.pass_until(end_ms)

    def _hint(self, given: int) -> Decision:
        hints = self.scenario.hints
        if given >= len(hints):
            raise Refused("there are no more hints" if hints else "this drill has no hints")
        text = hints[given].text
        return Decision(
            said(f"hint {given + 1} of {len(hints)}: {text}"), (HintGiven(number=given + 1, text=text),)
        )

    # --- the journal --------------------------------------------------------------------------------------

    def _emit(self, event: Event, *, actor: str = "system", seen_by: tuple[str, ...] = (ALL,)) -> Record:
        if event.kind.startswith("truth."):
            return self._truth.append(self.now_ms, actor, (TRUTH,), event)
        record = self._journal.append(self.now_ms, actor, seen_by, event)
        self._board.add(record)
        return record

    def _input(self, event: Event, seen_by: tuple[str, ...] | None = None) -> None:
        """Append an input and wait until the disk has it; on failure it is as if it had not been typed."""
        seen_by = (self.seat.name, FACILITATOR) if seen_by is None else seen_by
        record = self._journal.append(self.now_ms, self.seat.name, seen_by, event)
        try:
            self._journal.write(sync=True)
        except StorageError as error:
            self._journal.drop_last()
            raise StorageError(f"Nothing was done: {error}") from error
        self._board.add(record)

    def _write(self, *, sync: bool = False) -> None:
        self._journal.write(sync=sync)
        self._truth.write(sync=sync)


def _needs_incident(board: Board, verb: str) -> None:
    if board.declared_ms is None:
        raise Refused(f"no incident is declared, so there is nothing to call {verb}; `declare` opens one")
    if board.resolved_ms is not None:
        raise Refused("the incident is resolved already")


def _lead_in_ms(scenario: Scenario, seed: int) -> int:
    """Return the length of the ordinary time before the scenario begins, in whole seconds of its range."""
    shortest_s, longest_s = scenario.lead_in_s
    draw = streams.uniform(seed, "lead-in", scenario.id)
    return (shortest_s + int(draw * (longest_s - shortest_s + 1))) * 1000
