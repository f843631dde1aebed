"""Who may ask a bridge, and how much."""

import asyncio
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from cli import main
from sim.bridge.app import app
from sim.bridge.guard import BODY_MAX
from sim.bridge.serve import listen
from sim.errors import PagerDrillError
from tests.bridge.hosting import Stage, free_socket

TOKEN = "a-token-of-many-letters"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:9093"}, 200),
        ({"Host": "[::1]:9093"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9093"}, 200),
    ],
)
def test_on_loopback_no_page_of_another_site_gets_through(headers, status):
    assert Stage().ask("GET", "/api/v2/alerts", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": "Basic ???"}, 401),
        ({"Authorization": TOKEN}, 401),
    ],
)
def test_elsewhere_it_wants_its_token(headers, status):
    asked = Stage().ask("GET", "/api/v2/alerts", TOKEN, headers={"Host": "drill.example", **headers})
    assert asked.status_code == status


def test_a_token_is_also_a_password():
    for user, password, status in (("any", TOKEN, 200), ("any", "wrong", 401)):
        assert Stage().ask("GET", "/-/ready", TOKEN, auth=(user, password)).status_code == status


def test_bodies_and_queries_are_bounded():
    large = b"x" * (BODY_MAX + 1)
    assert Stage().ask("POST", "/api/v2/silences", content=large).status_code == 413

    async def unannounced() -> int:
        async def parts():
            for _ in range(3):
                yield b"x" * (BODY_MAX // 2)

        transport = httpx.ASGITransport(app(Stage().hosted, None))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.post("/api/v2/silences", content=parts())).status_code

    assert asyncio.run(unannounced()) == 413
    assert Stage().ask("GET", f"/api/v2/alerts?filter={'a' * 30_000}").status_code == 414
    nested = b"[" * 100_000
    assert Stage().ask("POST", "/api/v2/silences", content=nested).status_code == 400


def test_a_taken_port_is_said_clearly():
    with free_socket() as taken, pytest.raises(PagerDrillError, match="choose another port"):
        listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "0.0.0.0"], "wants a token"),
        (["--notify", "webhook=http://pager.example/x"], "say --send-outside"),
        (["--notify", "pagerduty=NO_SUCH_VARIABLE"], "holds no routing key"),
        (["--notify", "slack=ftp://x/"], "begins with http"),
        (["--notify", "email=x"], "--notify takes"),
        (["--resume", "none", "--seed", "1"], "takes nothing that makes another drill"),
    ],
)
def test_what_would_let_others_in_or_reach_out_is_refused(arguments, says, tmp_path):
    result = CliRunner().invoke(main, ["bridge", "--port", "0", *arguments, "--home", str(tmp_path)])
    assert result.exit_code != 0
    assert says in result.output


def test_without_the_extra_it_says_what_to_install():
    """In a process where one of its packages cannot be found."""
    code = "import sys; sys.modules['starlette'] = None; from cli import main; main(['bridge'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "this needs the extra `bridge` (missing: starlette)" in done.stderr


def test_a_short_token_is_refused(tmp_path):
    file = tmp_path / "token"
    file.write_text("short\n")
    result = CliRunner().invoke(main, ["bridge", "--host", "0.0.0.0", "--token-file", str(file)])
    assert "a token is one word of at least 16 letters" in result.output
