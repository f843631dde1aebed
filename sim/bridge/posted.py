"""A silence as clients post it to Alertmanager's API v2."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sim.alerting.routing.matchers import Matcher, matcher
from sim.bridge.answer import Problem


def _moment(text: object) -> int:
    """Return RFC 3339 as ms from 1970. Raises ValueError."""
    moment = datetime.fromisoformat(str(text))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return round(moment.timestamp() * 1000)


_Moment = Annotated[int, BeforeValidator(_moment)]


class _Posted(BaseModel):
    model_config = ConfigDict(frozen=True)


class PostedMatcher(_Posted):
    """One matcher in four fields."""

    name: str
    value: str
    is_regex: bool = Field(alias="isRegex")
    is_equal: bool = Field(default=True, alias="isEqual")

    def matcher(self) -> Matcher:
        """Return it as routing has it. Raises MatcherError."""
        op = ("=~" if self.is_equal else "!~") if self.is_regex else ("=" if self.is_equal else "!=")
        return Matcher(matcher(f"{self.name}=x").name, op, self.value)  # type: ignore[arg-type]


class PostedSilence(_Posted):
    """A silence; with `id` it changes one that is there. Times are outside ms."""

    id: str = ""
    matchers: tuple[PostedMatcher, ...] = Field(max_length=100)
    starts_at: _Moment = Field(alias="startsAt")
    ends_at: _Moment = Field(alias="endsAt")
    created_by: str = Field(alias="createdBy", max_length=1000)
    comment: str = Field(max_length=3000)


def posted_silence(data: Any) -> PostedSilence:
    """Read what was posted. Raises Problem with Alertmanager's codes."""
    try:
        posted = PostedSilence.model_validate(data)
    except ValidationError as problem:
        error = problem.errors()[0]
        where = ".".join(str(step) for step in error["loc"]) or "silence"
        if error["type"] == "missing":
            raise Problem({"code": 602, "message": f"{where} in body is required"}, 422) from None
        raise Problem({"code": 400, "message": f"{where} in body: {error['msg']}"}) from None
    if not posted.matchers:
        raise Problem({"code": 612, "message": "matchers in body should have at least 1 items"}, 422)
    return posted
