"""What `help` says of a verb that acts."""

import pytest

from sim.actions import VERBS
from sim.actions.look import Help
from sim.answer import Line
from sim.look.help import help_page
from sim.view import View
from sim.world.mitigations import MITIGATIONS

NOBODY = View.__new__(View)
"""Help is the same for everybody: it asks nothing of a view."""


def told(verb: str) -> list[str]:
    return [block.text for block in help_page(Help(topic=verb), NOBODY).blocks if isinstance(block, Line)]


def test_an_act_says_what_it_hits_what_it_risks_and_that_it_asks() -> None:
    assert told("drain") == [
        "drain ZONE [COMPONENT] [off]",
        "send no traffic to a zone, for one component or for all; `off` sends it there again",
        "hits: all components in the zone, or one; the zones left carry the load",
        "risk: the zones left may not be able to carry it",
        "Where it is dangerous it says what it will hit, and asks once.",
        "example: drain zone-b",
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_only_acts_hit_something_and_only_dangerous_ones_ask(verb: str) -> None:
    words = " ".join(told(verb))
    assert ("hits: " in words, "risk: " in words) == (verb in MITIGATIONS, verb in MITIGATIONS)
    assert ("asks once" in words) == (verb in MITIGATIONS and MITIGATIONS[verb].warn is not None)
