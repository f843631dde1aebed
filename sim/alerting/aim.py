"""What a rule is aimed at: whether that exists in a world, and whether it can be measured."""

from collections.abc import Collection, Iterator
from typing import Protocol

from sim.mistakes import Finding, Loc, did_you_mean
from sim.spec import JOURNEY_SIGNALS, Signal


class Aim(Protocol):
    """A rule, or what will be one."""

    @property
    def component(self) -> str | None:
        """The component it watches, or none."""

    @property
    def journey(self) -> str | None:
        """The journey it watches, or none."""

    @property
    def signal(self) -> Signal:
        """What of it."""

    @property
    def above(self) -> float | None:
        """It holds above this."""

    @property
    def below(self) -> float | None:
        """It holds below this."""

    @property
    def by(self) -> str | None:
        """How it is split."""


def misaimed(
    here: Loc, aim: Aim, components: Collection[str], journeys: Collection[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the aim that stands at `here`, by place."""
    if aim.component is not None and aim.component not in components:
        text = f"there is no component {aim.component!r}; {did_you_mean(aim.component, components)}"
        yield (*here, "component"), text
    if aim.journey is not None and aim.journey not in journeys:
        text = f"there is no journey {aim.journey!r}; {did_you_mean(aim.journey, journeys)}"
        yield (*here, "journey"), text
    if (aim.component is None) == (aim.journey is None):
        yield here, "needs either a component or a journey, and not both"
    if (aim.above is None) == (aim.below is None):
        yield here, "needs either above or below, and not both"
    if aim.journey is None:
        return
    if aim.signal not in JOURNEY_SIGNALS:
        text = f"journeys have no {aim.signal}; there are: {', '.join(JOURNEY_SIGNALS)}"
        yield (*here, "signal"), text
    if aim.by is not None:
        yield (*here, "by"), f"a journey is measured as a whole, not by {aim.by}; leave it out"
