"""The base of every model in the spec, and the types that several of them share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""A name a person types: lower case, digits and single hyphens."""

PageId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
"""A runbook's name, as it is typed; a team's own page is named like its alert, in lower case."""

Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=1e-6, le=1e9, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, le=1e9, allow_inf_nan=False)]
"""No quantity of a production system lies outside; squares and products of such stay finite."""

DAY_S = 24 * 3600
"""No drill is longer, so nothing in one lasts longer or comes later."""

Span = Annotated[int, Field(ge=0, le=DAY_S)]
"""How long something lasts, or how far from the start it comes, in seconds."""

Version = Annotated[str, Field(pattern=r"^[\w.+-]{1,40}$")]
"""A version as it is typed: one word of letters, digits, dots, hyphens, underscores and plus signs."""


class Frozen(BaseModel):
    """A value that cannot change and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
