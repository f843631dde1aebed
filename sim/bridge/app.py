"""The bridge as one ASGI app: Alertmanager's API v2 and Prometheus' HTTP API over a hosted drill."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sim.bridge import alertmanager
from sim.bridge.answer import Problem, Reply
from sim.bridge.guard import App, Guard
from sim.bridge.hosted import Hosted
from sim.errors import StorageError

Endpoint = Callable[[Request], Awaitable[Response]]


def app(hosted: Hosted, token: str | None) -> App:
    """Return the app; without a token it answers on loopback alone."""
    routes = [*_plain(), *_alertmanager(hosted)]
    return Guard(Starlette(routes=routes), token)


def _plain() -> list[Route]:
    async def ready(_: Request) -> Response:
        return PlainTextResponse("OK")

    async def about(_: Request) -> Response:
        return PlainTextResponse("A PagerDrill drill, for amtool, promtool, Prometheus and Grafana.\n")

    return [Route("/", about), Route("/-/ready", ready), Route("/-/healthy", ready)]


def _alertmanager(hosted: Hosted) -> list[Route]:
    """Return the routes of API v2."""

    async def status(_: Request) -> Reply:
        return alertmanager.status(hosted.seen(), hosted.since_ms)

    async def receivers(_: Request) -> Reply:
        return alertmanager.receivers(hosted.seen())

    async def alerts(request: Request) -> Reply:
        if request.method == "POST":
            return alertmanager.refuse_alerts()
        return alertmanager.alerts(hosted.seen(), request.query_params.multi_items())

    async def groups(request: Request) -> Reply:
        return alertmanager.groups(hosted.seen(), request.query_params.multi_items())

    async def silences(request: Request) -> Reply:
        if request.method == "POST":
            return alertmanager.put_silence(hosted.seen(), await _json(request), hosted.submit)
        return alertmanager.silences(hosted.seen(), request.query_params.multi_items())

    async def silence(request: Request) -> Reply:
        name = request.path_params["name"]
        if request.method == "DELETE":
            return alertmanager.end_silence(hosted.seen(), name, hosted.submit)
        return alertmanager.silence(hosted.seen(), name)

    return [
        Route("/api/v2/status", _told(status)),
        Route("/api/v2/receivers", _told(receivers)),
        Route("/api/v2/alerts", _told(alerts), methods=["GET", "POST"]),
        Route("/api/v2/alerts/groups", _told(groups)),
        Route("/api/v2/silences", _told(silences), methods=["GET", "POST"]),
        Route("/api/v2/silence/{name}", _told(silence), methods=["GET", "DELETE"]),
    ]


def _told(answer: Callable[[Request], Awaitable[Reply]]) -> Endpoint:
    """Return an endpoint that gives an answer, or says what is wrong, in JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            reply = await answer(request)
        except Problem as problem:
            reply = Reply(problem.body, problem.status)
        except StorageError as problem:
            reply = Reply(str(problem), 503)
        if reply.body is None:
            return Response(status_code=reply.status)
        return JSONResponse(reply.body, reply.status)

    return endpoint


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as problem:
        raise Problem({"code": 400, "message": f"parsing body failed: {problem}"}) from None
