"""A small world that really runs: it counts down, alerts every ten seconds, pages at thirty, and ends.

It keeps the promises of `sim.room.seat` so that consoles and scripts can be played without the engine. Run as
a program it opens the console: `python countdown.py [--speed X] [--limit SECONDS]`.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

from sim import events as ev
from sim.answer import Answer, Chart, Line, Table, refusal, said
from sim.clock import Clock
from sim.errors import StorageError
from sim.room.console import run
from sim.room.draw import colour_wanted

TICK_MS = 5_000
YOU = "you"
VERBS = ("ack", "help", "metrics", "say", "status", "wait")


def wall_clock(t_ms: int) -> str:
    seconds = 14 * 3600 + t_ms // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Figures:
    clock: str
    severity: str | None
    open_alerts: int
    unacked_pages: int
    impact: str


class Countdown:
    """The drill, and (being one person's) its own view."""

    def __init__(self, limit_s: int = 120) -> None:
        self.limit_ms = limit_s * 1000
        self.now_ms = 0
        self.ended = False
        self.paused = False
        self.disk_full = False
        self.records: list[ev.Record] = []
        self.entered: list[tuple[int, str]] = []
        self._wait: tuple[int, str] | None = None
        self._emit(
            ev.DrillStarted(
                title="Countdown",
                briefing="Numbers fall. Nobody knows why.",
                starts_at="2024-05-01T14:00:00+00:00",
                horizon_s=limit_s,
                role="responder",
            )
        )

    @property
    def view(self) -> "Countdown":
        return self

    # --- the drill ----------------------------------------------------------------------------------------

    def advance(self, t_ms: int) -> None:
        while not self.paused and not self.ended and self.now_ms < t_ms:
            self.now_ms = min(t_ms, (self.now_ms // TICK_MS + 1) * TICK_MS)
            if self.now_ms % TICK_MS == 0:
                self._tick(self.now_ms // 1000)

    def _tick(self, second: int) -> None:
        if second % 10 == 0:
            self._emit(_alert(second // 10))
        if second == 30:
            self._emit(ev.PageSent(page=1, alert=3, rule="Low3", component="counter", person=YOU, step=1))
        if self.now_ms >= self.limit_ms:
            self._emit(ev.DrillEnded(reason="time limit"))
            self.ended = True

    def enter(self, line: str) -> Answer:
        self._store()
        self.entered.append((self.now_ms, line))
        verb, _, rest = line.partition(" ")
        if line in ("pau", "res"):  # abbreviations reach the drill
            (self.pause if line == "pau" else self.resume)()
            return said("the clock stands" if self.paused else "the clock runs")
        if self.paused:
            return self._refused(line, "the drill is paused")
        if verb not in VERBS:
            return self._refused(line, f"there is no verb {verb}; help lists them")
        self._emit(ev.ActionSubmitted(verb=verb, command=line, raw=line), YOU)
        return self._answer(verb, rest)

    def _answer(self, verb: str, rest: str) -> Answer:
        match verb:
            case "ack":
                self._emit(ev.PageAcknowledged(page=1, alert=3, person=YOU), YOU)
                return said("You took the page.")
            case "say":
                self._emit(ev.MessageSaid(sender=YOU, text=rest), YOU)
                return said("")
            case "wait":
                until = 10**9 if rest == "until page" else self.now_ms + int(rest.removesuffix("s")) * 1000
                self._wait = (until, rest)
                return said(f"Waiting {rest}.")
            case "metrics":
                values = tuple(0.001 if i < 30 else 0.12 for i in range(60))
                return Answer((Chart("counter errors", "%", 15, values, 0.12, 0.001, 0.0012),))
        return Answer((Line("All verbs:"), Table(("verb", "does"), tuple((v, f"does {v}") for v in VERBS))))

    def pause(self) -> None:
        self._store()
        self.paused = True
        self._emit(ev.DrillPaused(), YOU)

    def resume(self) -> None:
        self._store()
        self.paused = False
        self._emit(ev.DrillResumed(), YOU)

    def mark_time(self) -> None:
        self._store()
        self._emit(ev.ClockReached())

    def pace(self, speed: float) -> None:
        self._emit(ev.ClockPaced(speed=speed))

    def waiting_until(self) -> int | None:
        return self._wait[0] if self._wait else None

    def wait_over(self) -> bool:
        over = (
            self._wait is None
            or self.now_ms >= self._wait[0]
            or (self._wait[1] == "until page" and self._paged)
        )
        if over:
            self._wait = None
        return over

    # --- the view -----------------------------------------------------------------------------------------

    def events(self, after_seq: int) -> tuple[ev.Record, ...]:
        return tuple(record for record in self.records if record.seq > after_seq)

    def status(self) -> Figures:
        acked = self._has(ev.PageAcknowledged)
        alerts = sum(isinstance(r.event, ev.AlertFired) for r in self.records)
        return Figures(
            wall_clock(self.now_ms), None, alerts, int(self._paged and not acked), "counter 12 % errors"
        )

    def completions(self, text_before_cursor: str) -> tuple[str, ...]:
        return VERBS if " " not in text_before_cursor else ("counter", "until")

    def wall_clock(self, t_ms: int) -> str:
        return wall_clock(t_ms)

    # --- parts --------------------------------------------------------------------------------------------

    @property
    def _paged(self) -> bool:
        return self._has(ev.PageSent)

    def _has(self, kind: type[ev.Event]) -> bool:
        return any(isinstance(record.event, kind) for record in self.records)

    def _refused(self, line: str, reason: str) -> Answer:
        self._emit(ev.ActionRefused(raw=line, reason=reason), YOU)
        return refusal(reason)

    def _store(self) -> None:
        if self.disk_full:
            raise StorageError("The drill folder could not be written: no space left.")

    def _emit(self, event: ev.Event, actor: str = "world") -> None:
        self.records.append(
            ev.Record(seq=len(self.records), t_ms=self.now_ms, actor=actor, seen_by=(ev.ALL,), event=event)
        )


def _alert(number: int) -> ev.AlertFired:
    return ev.AlertFired(
        alert=number,
        rule=f"Low{number}",
        component="counter",
        labels={"zone": "a"},
        severity="critical" if number == 3 else "warning",
        summary=f"only {100 - number} left",
        value=float(number),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--history", type=Path)
    args = parser.parse_args()
    outcome = run(
        Countdown(args.limit),
        Clock.started(time.monotonic_ns() // 1_000_000, speed=args.speed),
        lambda: time.monotonic_ns() // 1_000_000,
        drill_id="countdown-1",
        history_path=args.history,
        colour=colour_wanted(os.environ),
    )
    print(f"outcome: {outcome}")


if __name__ == "__main__":
    main()
