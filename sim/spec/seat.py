"""Who takes part in a drill."""

from typing import Literal

from sim.spec.base import Frozen

Role = Literal["responder", "ic"]
"""responder: has the keyboard. ic: the incident commander, who coordinates and does not fix."""


class Seat(Frozen):
    """A person who takes part, and the role they hold at the start."""

    name: str
    role: Role
