"""The tree of routes, and where an alert goes in it."""

from dataclasses import dataclass

from sim.alerting.routing.alerts import Labels
from sim.alerting.routing.matchers import Matcher, matches_all


@dataclass(frozen=True, slots=True)
class Route:
    """One route with what it inherited.

    `place` names it: the positions of it and its parents, from 0; `key` is how Alertmanager writes that, by
    matchers, so that two routes may have the same.
    """

    place: tuple[int, ...]
    key: str
    receiver: str
    matchers: tuple[Matcher, ...]
    group_by: tuple[str, ...]
    group_by_all: bool
    group_wait_ms: int
    group_interval_ms: int
    repeat_interval_ms: int
    goes_on: bool  # `continue`
    mute_intervals: tuple[str, ...]
    active_intervals: tuple[str, ...]
    children: tuple["Route", ...] = ()

    def taken(self, labels: Labels) -> tuple["Route", ...]:
        """Return the routes an alert takes: the first that matches, and further ones where that goes on."""
        if not matches_all(self.matchers, labels):
            return ()
        found: list[Route] = []
        for child in self.children:
            below = child.taken(labels)
            found.extend(below)
            if below and not child.goes_on:
                break
        return tuple(found) or (self,)

    def group_labels(self, labels: Labels) -> dict[str, str]:
        """Return the labels that tell an alert's group from others; those it lacks are left out."""
        if self.group_by_all:
            return dict(labels)
        return {name: labels[name] for name in self.group_by if name in labels}

    @property
    def own_key(self) -> str:
        """Return its matchers as Alertmanager writes them in group keys."""
        return "{" + ",".join(str(matcher) for matcher in self.matchers) + "}"
