"""Notifications sent outward: marked as drill, tried again, and said aloud where they fail."""

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from sim.bridge.outward import payloads
from sim.bridge.outward.sender import Target, post, sending, target
from sim.bridge.outward.told import told_since
from sim.errors import PagerDrillError
from tests.alerting.routing.alertmanager import MISSING, PROGRAM, running
from tests.bridge.hosting import Stage

KEY = "secret-routing-key"


@contextmanager
def receiver(*statuses: int):
    """A server that answers with these statuses, then with 200; yields its address and what it got."""
    got: list[dict] = []
    left = list(statuses)

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(left.pop(0) if left else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told():
    """The two notifications of a drill that is mended: the page and its end."""
    of = Stage().at(150, "failover db yes").at(300)
    return [one for _, one in told_since(of.drill.view, -1, "small-drill", of.hosted.times())]


def posted(url: str, notification) -> str | None:
    async def go() -> str | None:
        async with httpx.AsyncClient() as client:
            return await post(client, Target("webhook", url), notification, first_wait_s=0.001)

    return asyncio.run(go())


def test_the_webhook_of_an_alertmanager():
    fires, over = (payloads.webhook(one) for one in told())
    labels = {"alertname": "BuyErrorsHigh", "drill": "1", "journey": "buy", "severity": "critical"}
    (alert,) = fires["alerts"]
    assert fires["status"] == alert["status"] == "firing"
    assert alert["labels"] == fires["commonLabels"] == fires["groupLabels"] == labels
    assert alert["annotations"] == {"summary": "[DRILL] Buying fails"}
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-01-05T09:01:30.000Z", "0001-01-01T00:00:00Z")
    assert over["status"] == over["alerts"][0]["status"] == "resolved"
    assert over["alerts"][0]["endsAt"] == "2026-01-05T09:04:15.000Z"
    assert over["groupKey"] == fires["groupKey"]


@pytest.mark.skipif(PROGRAM is None, reason=MISSING)
def test_it_has_the_keys_of_the_real_one(tmp_path):
    config = """
route: {receiver: r, group_by: [alertname], group_wait: 10ms}
receivers:
  - {name: r, webhook_configs: [{url: '{hook}/'}]}
"""
    with running(tmp_path, config) as real:
        real.post("alerts", [{"labels": {"alertname": "A"}, "annotations": {"summary": "s"}}])
        real.wait_until(real.now_s() + 1.0)
        (_, body), *_ = real.told
    ours = payloads.webhook(told()[0])
    assert set(ours) == set(body)
    assert set(ours["alerts"][0]) == set(body["alerts"][0])
    assert {key: type(value) for key, value in ours.items()} == {key: type(body[key]) for key in ours}


def test_pagerduty_keeps_one_incident_for_a_group():
    fires, over = (payloads.pagerduty(one, KEY) for one in told())
    assert (fires["event_action"], over["event_action"]) == ("trigger", "resolve")
    assert fires["dedup_key"] == over["dedup_key"]
    assert fires["payload"]["summary"].startswith("[DRILL] [FIRING:1] BuyErrorsHigh")
    assert fires["payload"]["severity"] == "critical"
    assert fires["payload"]["custom_details"]["drill"] is True


def test_slack_says_drill_and_means_its_text_literally():
    fires, over = (payloads.slack(one) for one in told())
    assert fires["text"].startswith("[DRILL] [FIRING:1]")
    assert over["text"].startswith("[DRILL] [RESOLVED]")
    assert fires["attachments"][0]["footer"] == "first notification"
    assert payloads._escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co"


def test_every_text_and_label_says_drill():
    for one in told():
        for body in (payloads.webhook(one), payloads.slack(one)):
            assert "[DRILL]" in json.dumps(body)
        assert all(alert.labels["drill"] == "1" for alert in one.alerts)


@pytest.mark.parametrize(
    ("statuses", "problem", "posts"),
    [
        ((), None, 1),
        ((500, 429, 503), None, 4),
        ((400,), "HTTP 400", 1),
        ((500, 500, 500, 500), "HTTP 500, tried 4 times", 4),
    ],
)
def test_it_is_tried_again_where_that_can_help(statuses, problem, posts):
    with receiver(*statuses) as (url, got):
        assert posted(url, told()[0]) == problem
        assert len(got) == posts


def test_nobody_there_is_said():
    assert posted("http://127.0.0.1:1/", told()[0]) == "ConnectError, tried 4 times"


def test_what_a_drill_tells_goes_out_and_failures_are_said():
    said: list[str] = []
    with receiver() as (good, got), receiver(400) as (bad, _):

        async def go() -> None:
            of = Stage()
            targets = (Target("webhook", good), Target("slack", bad))
            async with sending(of.hosted, targets, said.append):
                of.at(150, "failover db yes").at(300)
                while len(got) < 2 or not said:
                    await asyncio.sleep(0.01)

        asyncio.run(asyncio.wait_for(go(), 20))
    assert [body["status"] for body in got] == ["firing", "resolved"]
    assert len(said) == 1
    assert said[0].startswith("slack: not sent (HTTP 400): [DRILL]")


def test_targets():
    known = {"KEY": KEY}
    assert target("slack=https://hooks.example/T", known).is_outside
    assert not target("webhook=http://127.0.0.1:5001/", known).is_outside
    assert target("pagerduty=KEY", known).key == KEY
    assert KEY not in repr(target("pagerduty=KEY", known))
    with pytest.raises(PagerDrillError, match="wants an address"):
        target("webhook=/etc/passwd", known)
