"""The bridge as one ASGI app: Alertmanager's API v2 and Prometheus' HTTP API over a hosted drill."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sim.bridge import alertmanager, prometheus
from sim.bridge.answer import Problem, Reply
from sim.bridge.exposition import CONTENT_TYPE, exposition
from sim.bridge.guard import App, Guard
from sim.bridge.hosted import Hosted
from sim.errors import StorageError
from sim.events import SAMPLE_MS

Endpoint = Callable[[Request], Awaitable[Response]]


def app(hosted: Hosted, token: str | None) -> App:
    """Return the app; without a token it answers on loopback alone."""
    routes = [*_plain(hosted), *_alertmanager(hosted), *_prometheus(hosted)]
    return Guard(Starlette(routes=routes), token)


def _plain(hosted: Hosted) -> list[Route]:
    async def ready(_: Request) -> Response:
        return PlainTextResponse("OK")

    async def about(_: Request) -> Response:
        return PlainTextResponse("A PagerDrill drill, for amtool, promtool, Prometheus and Grafana.\n")

    async def metrics(_: Request) -> Response:
        try:
            asked = hosted.asked()
        except Problem as problem:
            return PlainTextResponse(f"{problem.body}\n", problem.status)
        text = exposition(asked.store, hosted.drill.now_ms, SAMPLE_MS * 2)
        if hosted.speed() != 1.0:
            text = f"# This drill runs at speed {hosted.speed():g}; scraping wants speed 1.\n{text}"
        return Response(text, media_type=CONTENT_TYPE)

    routes = {"/": about, "/-/ready": ready, "/-/healthy": ready, "/metrics": metrics}
    return [Route(path, endpoint) for path, endpoint in routes.items()]


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


def _prometheus(hosted: Hosted) -> list[Route]:
    """Return the routes of API v1; parameters come in the query or as a form."""

    def asking(answer: Callable[[prometheus.Asked, prometheus.Query], Reply]) -> Endpoint:
        async def answered(request: Request) -> Reply:
            given = request.query_params.multi_items()
            if request.method == "POST":
                given = parse_qsl((await request.body()).decode("utf-8", "replace")) + given
            return answer(hosted.asked(), given)

        return _told(answered)

    async def values(request: Request) -> Reply:
        name = request.path_params["name"]
        return prometheus.label_values(hosted.asked(), name, request.query_params.multi_items())

    both = ["GET", "POST"]
    return [
        Route("/api/v1/query", asking(prometheus.query), methods=both),
        Route("/api/v1/query_range", asking(prometheus.query_range), methods=both),
        Route("/api/v1/series", asking(prometheus.series), methods=both),
        Route("/api/v1/labels", asking(prometheus.labels), methods=both),
        Route("/api/v1/label/{name}/values", _told(values)),
        Route("/api/v1/metadata", asking(lambda _, given: prometheus.metadata(given))),
        Route("/api/v1/alerts", asking(lambda asked, _: prometheus.alerts(asked))),
        Route("/api/v1/rules", asking(prometheus.rules)),
        Route("/api/v1/status/buildinfo", asking(lambda _, __: prometheus.build_info())),
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
        if isinstance(reply.body, bytes):
            return Response(reply.body, reply.status, media_type="application/json")
        return JSONResponse(reply.body, reply.status)

    return endpoint


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as problem:
        raise Problem({"code": 400, "message": f"parsing body failed: {problem}"}) from None
