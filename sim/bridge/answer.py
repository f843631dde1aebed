"""What a bridge answers to a request, whatever serves it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in JSON; `body` is plain data, or JSON already in bytes; None is an empty answer."""

    body: Any
    status: int = 200


class Problem(Exception):  # noqa: N818 - an answer, not an error of the program
    """A request that gets `body` and an error status instead of what it asks for."""

    def __init__(self, body: Any, status: int = 400) -> None:
        super().__init__(body)
        self.body = body
        self.status = status
