"""The real amtool against a drill."""

import shutil
import subprocess
import time

import pytest

from tests.bridge.hosting import Stage, served

AMTOOL = shutil.which("amtool")
pytestmark = pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (prometheus-alertmanager)")


@pytest.fixture(scope="module")
def url():
    """A drill whose 160th second is now: amtool's silences begin at the wall's time."""
    with served(Stage(began_ms=time.time_ns() // 1_000_000 - 160_000).at(160)) as url:
        yield url


def amtool(url: str, *arguments: str) -> str:
    command = [str(AMTOOL), f"--alertmanager.url={url}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_alert_query(url):
    lines = amtool(url, "alert", "query").splitlines()
    assert len(lines) == 3
    assert any(line.startswith("BuyErrorsHigh") and "Buying fails" in line for line in lines)
    assert amtool(url, "alert", "query", "DbSlow").count("\n") == 2
    assert "alertname" not in amtool(url, "alert", "query", "severity=none")


def test_alert_query_extended(url):
    shown = amtool(url, "alert", "query", "-o", "extended", "severity=critical")
    assert 'alertname="BuyErrorsHigh" journey="buy" severity="critical"' in shown
    assert "Buying fails" in shown


def test_a_silence_from_add_to_expire(url):
    name = amtool(url, "silence", "add", "alertname=Other", "-a", "kim", "-d", "1h", "-c", "known").strip()
    assert "known" in amtool(url, "silence", "query")
    assert amtool(url, "silence", "query", "-q", "alertname=Other").strip() == name
    updated = amtool(url, "silence", "update", "-d", "2h", name)
    assert name in updated
    amtool(url, "silence", "expire", name)
    assert name not in amtool(url, "silence", "query")
    assert name in amtool(url, "silence", "query", "--expired")


def test_config_and_cluster(url):
    assert "receiver: pager" in amtool(url, "config", "show")
    assert '{severity="critical"}  receiver: pager' in amtool(url, "config", "routes", "show")
    assert "disabled" in amtool(url, "cluster", "show")


def test_an_alert_is_not_taken(url):
    done = subprocess.run(
        [str(AMTOOL), f"--alertmanager.url={url}", "alert", "add", "Mine"],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "this is a drill" in done.stderr
