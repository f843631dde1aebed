"""Who may ask a bridge, and how much: the outermost layer of the app.

On loopback only requests for a loopback name are answered, and none that a page of another site makes, so
that no web page can reach a drill through the browser. Elsewhere a token is wanted.
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

BODY_MAX = 1_000_000
"""Bytes of a request's body; amtool and promtool send a few hundred. An assumption."""
QUERY_MAX = 20_000
TOKEN_MIN = 16
"""Letters a token has at least; an assumption."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses what must not pass, and hands the rest to `app`. Without `token` it serves loopback alone."""

    app: App
    token: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refusal(scope, headers)
        if refused is not None:
            await _refuse(send, *refused)
            return
        body = await _body(receive)
        if body is None:
            await _refuse(send, 413, f"a body may have {BODY_MAX:,} bytes at most")
            return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        host = _name(headers.get("host", ""))
        if self.token is None and host not in _LOOPBACK:
            return 403, "this bridge answers on this machine alone; name it 127.0.0.1"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return 403, "requests of other sites' pages are not answered"
        if self.token is not None and not _authorised(headers.get("authorization", ""), self.token):
            return 401, "this bridge wants its token: as bearer token, or as password of any user"
        if len(scope.get("query_string", b"")) > QUERY_MAX:
            return 414, f"a query may have {QUERY_MAX:,} bytes at most"
        if (
            headers.get("content-length", "0").isdecimal()
            and int(headers.get("content-length", "0")) > BODY_MAX
        ):
            return 413, f"a body may have {BODY_MAX:,} bytes at most"
        return None


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _authorised(given: str, token: str) -> bool:
    scheme, _, value = given.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(value.strip().encode(), token.encode())


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body, or None where it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_MAX:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="pagerdrill"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})
