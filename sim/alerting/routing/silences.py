"""Silences: matchers that keep alerts from notifying for a while."""

from dataclasses import dataclass, replace
from typing import Literal

from sim.alerting.routing.matchers import Labels, Matcher, matches_all

State = Literal["pending", "active", "expired"]


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that pass all matchers are silent from start to end (milliseconds)."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_ms: int
    ends_ms: int
    created_by: str = ""
    comment: str = ""
    updated_ms: int = 0

    def state(self, now_ms: int) -> State:
        """Return how it stands at a moment."""
        if now_ms < self.starts_ms:
            return "pending"
        return "active" if now_ms < self.ends_ms else "expired"

    def matches(self, labels: Labels) -> bool:
        """Return whether an alert with these labels is meant."""
        return matches_all(self.matchers, labels)

    def check(self) -> None:
        """Raise ValueError for what Alertmanager refuses, in its words."""
        if not self.matchers:
            raise ValueError("silence invalid: at least one matcher required")
        if all(matcher.matches({}) for matcher in self.matchers):
            raise ValueError("silence invalid: at least one matcher must not match the empty string")
        if self.ends_ms < self.starts_ms:
            raise ValueError("silence invalid: end time must not be before start time")

    def may_become(self, new: "Silence", now_ms: int) -> bool:
        """Return whether it can change into another one and still be the same silence."""
        if self.matchers != new.matchers:
            return False
        match self.state(now_ms):
            case "active":
                return new.starts_ms // 1000 == self.starts_ms // 1000 and new.ends_ms >= now_ms
            case "pending":
                return new.starts_ms >= now_ms
            case "expired":
                return False


class Silences:
    """All silences of one Alertmanager, in the order in which they were made."""

    def __init__(self) -> None:
        self._all: dict[str, Silence] = {}

    @property
    def made(self) -> int:
        """How many there have been."""
        return len(self._all)

    def __iter__(self):  # type: ignore[no-untyped-def]
        """Go through all of them, expired ones too."""
        return iter(tuple(self._all.values()))

    @property
    def newest(self) -> str:
        """The id of the one that was made last."""
        return silence_id(self.made)

    def get(self, name: str) -> Silence | None:
        """Return a silence by its id."""
        return self._all.get(name)

    def put(self, silence: Silence, now_ms: int) -> str:
        """Make a silence, or change the one of this id; return its id.

        A start in the past becomes now. Only what does not change whom it silences, and since when, keeps
        its id; otherwise the old one expires and a new one is made. Raises ValueError for a silence that
        Alertmanager refuses and KeyError for an id that it does not know.
        """
        silence.check()
        if silence.id:
            old = self._all[silence.id]
            if old.may_become(silence, now_ms):
                self._all[old.id] = replace(silence, starts_ms=old.starts_ms, updated_ms=now_ms)
                return old.id
            if old.state(now_ms) != "expired":
                self.expire(old.id, now_ms)
        new = replace(
            silence,
            id=silence_id(self.made + 1),
            starts_ms=max(silence.starts_ms, now_ms),
            updated_ms=now_ms,
        )
        self._all[new.id] = new
        return new.id

    def expire(self, name: str, now_ms: int) -> None:
        """End a silence now. Raises KeyError where there is none, ValueError where it has ended."""
        silence = self._all[name]
        match silence.state(now_ms):
            case "expired":
                raise ValueError(f"silence {name} already expired")
            case "pending":
                ended = replace(silence, starts_ms=now_ms, ends_ms=now_ms, updated_ms=now_ms)
            case "active":
                ended = replace(silence, ends_ms=now_ms, updated_ms=now_ms)
        self._all[name] = ended

    def move(self, number: int, ends_ms: int, now_ms: int) -> None:
        """Give the n-th silence another end. Raises KeyError where there is none."""
        name = silence_id(number)
        self._all[name] = replace(self._all[name], ends_ms=ends_ms, updated_ms=now_ms)

    def number(self, name: str) -> int:
        """Return which silence this is, from 1. Raises KeyError where there is none."""
        return list(self._all).index(self._all[name].id) + 1

    def silencing(self, labels: Labels, now_ms: int) -> tuple[str, ...]:
        """Return the ids of the silences that keep an alert with these labels silent now, sorted."""
        return tuple(
            sorted(s.id for s in self._all.values() if s.state(now_ms) == "active" and s.matches(labels))
        )


def silence_id(number: int) -> str:
    """Return the id of the n-th silence: a UUID by form, as clients expect, and the same in every run."""
    return f"00000000-0000-4000-8000-{number:012x}"
