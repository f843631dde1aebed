"""What all events share, and the figures and names that events are told in."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

ENGINE = 4
"""Raised when behaviour changes; a drill of an older engine can be read and scored, not resumed."""

SAMPLE_MS = 15_000
"""How often telemetry, rules and impact are sampled."""

ALL = "all"
TRUTH = "truth"
FACILITATOR = "facilitator"


class Event(BaseModel):
    """Base of all events. `kind` is `<noun>.<past participle>`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]
