"""The prompt of the console: completion of what exists, and a history that cannot stop a drill."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from sim.room.seat import View

PACING_VERBS = ("pause", "resume", "speed")
"""Verbs that the console answers itself, since pacing lives outside the drill."""


def prompt_session(
    view: View, history_path: Path | None, toolbar: Callable[[], str], on_interrupt: Callable[[], None]
) -> PromptSession[str]:
    """Return the prompt. `on_interrupt` is called at Ctrl-C, which leaves what was typed in place."""
    keys = KeyBindings()

    @keys.add("c-c")
    def _interrupt(_event: KeyPressEvent) -> None:
        on_interrupt()

    return PromptSession(
        "> ",
        completer=ViewCompleter(view),
        complete_while_typing=False,  # a menu that is always there takes eight of 24 rows
        history=CarefulHistory(history_path) if history_path else InMemoryHistory(),
        bottom_toolbar=toolbar,
        key_bindings=keys,
    )


class ViewCompleter(Completer):
    """Completes with the words the view knows; only those that go on from what was typed."""

    def __init__(self, view: View) -> None:
        self._view = view

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return the words that could stand at the cursor."""
        before = document.text_before_cursor
        typed = document.get_word_before_cursor(WORD=True)
        words = list(self._view.completions(before))
        if before.lstrip() == typed:
            words = sorted({*words, *PACING_VERBS})
        for word in words:
            if word.lower().startswith(typed.lower()):
                yield Completion(word, start_position=-len(typed))


class CarefulHistory(FileHistory):
    """A history file that is left alone where it cannot be read or written, for example on a full disk."""

    def load_history_strings(self) -> Iterable[str]:
        """Return the lines of earlier drills, newest first."""
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Append a line."""
        with contextlib.suppress(OSError):
            super().store_string(string)
