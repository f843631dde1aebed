"""The player who is new: takes the loudest alert and does what its runbook says."""

import re
from collections.abc import Iterator

from sim.actions import VERBS, Refused, parse
from sim.bots.felt import Felt, felt_by_figures
from sim.bots.guess import Guess, loudness
from sim.bots.responder import STEP_MS, THINKING
from sim.drill import Drill

PAGES_MAX = 4
"""So many runbooks are followed, one after another."""
WATCH_MS = 3 * 60_000
"""After an act a novice waits so long to see whether it helped; an assumption."""
_QUOTED = re.compile(r"`([^`\n]+)`")


def novice(drill: Drill) -> None:
    """Play a drill by the runbook of the loudest alert, then of the next."""
    _Novice(drill, THINKING).play()


class _Novice(Guess):
    def play(self) -> None:
        self._felt = Felt()
        self._read: set[str] = set()
        if not self.wait_for_page():
            return
        self.do("ack all")
        self._feel()
        if self._felt.hurt:
            self.pass_(self.pace.act_ms)
            self.declare("users are hurt", self._felt.severity)
            self.state_scope(self._felt)
        for _ in range(PAGES_MAX):
            if self.drill.ended or not self._follow_runbook():
                break
            self._watch()
            if not self._felt.hurt:
                break
        self._end()

    def choose(self) -> tuple[str, ...]:
        return ()

    def felt(self) -> Felt:
        """Return how users were when last looked at."""
        return self._felt

    def _feel(self) -> None:
        self.look("status")
        self._felt = felt_by_figures(self.view)

    def _follow_runbook(self) -> bool:
        """Open the runbook of the loudest alert not seen to yet and do what it says; False without any."""
        books = {rule.name: rule.runbook for rule in self.view.world.rules}
        for card in sorted(self.view.board.open_alerts, key=loudness):
            book = books.get(card.fired.rule)
            if book is not None and book not in self._read:
                self.look(f"runbook {card.fired.alert}")
                self._do_as_told(book, card.fired.component)
                return True
        return False

    def _do_as_told(self, book: str, component: str) -> None:
        """Look where the page says to look; do the first act it names, or read on where it points."""
        self._read.add(book)
        text = next((page.text for page in self.view.world.runbooks if page.id == book), "")
        for line in quoted(text, component):
            try:
                action = parse(line, self.view.names)
            except Refused:
                continue
            if action.verb == "runbook":
                onward = line.split()[-1]
                if onward not in self._read and onward in self.view.names.runbooks:
                    self.look(line)
                    return self._do_as_told(onward, component)
            elif action.group == "look" or action.verb == "page":
                self.look(line)
            elif action.group == "act" and not self.act(line).refused:
                return None
        return None

    def _watch(self) -> None:
        """Tell customers and colleagues once, then see whether it helped."""
        if self.declared and not self.view.board.updates:
            for audience in ("customer", "internal"):
                self.update(audience, "We see trouble and are working on it", None)
        self.until_hands_are_free()
        self.pass_(WATCH_MS)
        self._feel()

    def _end(self) -> None:
        while self.declared and self._felt.hurt and not self.drill.ended:
            self.pass_(12 * STEP_MS)
            self._feel()
        if self.declared and not self.drill.ended:
            self.state("mitigated")
            self.update("customer", "It works again", None)
            self.state("resolve")
        self.run_out()

    def keep_rhythm(self) -> None:
        """Acknowledge pages; a novice does not think of who else has to hear."""
        self.take_pages()


def quoted(text: str, component: str) -> Iterator[str]:
    """Yield the commands that a runbook has in backticks; a bare verb is meant for the component at hand."""
    for found in _QUOTED.findall(text):
        words = found.split()
        if words and words[0] in VERBS:
            yield found if len(words) > 1 else f"{found} {component}"
