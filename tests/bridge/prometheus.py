"""A real Prometheus on loopback, with series that a test gives it."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from sim.bridge.promql.values import NAME, Series
from tests.alerting.routing.alertmanager import free_port

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
MISSING = "prometheus and promtool are not installed (Debian package prometheus)"


def openmetrics(series: Iterable[Series], unix_ms: int) -> str:
    """Return series in OpenMetrics, the first instant of the drill at an outside time."""
    lines = []
    for one in sorted(series, key=lambda one: one.labels[NAME]):
        inside = ",".join(f'{name}="{value}"' for name, value in one.labels.items() if name != NAME)
        for t_ms, value in zip(one.times_ms.tolist(), one.values.tolist(), strict=True):
            lines.append(f"{one.labels[NAME]}{{{inside}}} {value!r} {(unix_ms + t_ms) / 1000}\n")
    return "".join([*lines, "# EOF\n"])


@contextmanager
def holding(folder: Path, series: Iterable[Series], unix_ms: int) -> Iterator[str]:
    """Start a Prometheus that holds these series; yields its address."""
    assert PROMETHEUS is not None
    assert PROMTOOL is not None
    text = folder / "series.txt"
    text.write_text(openmetrics(series, unix_ms))
    data = folder / "data"
    subprocess.run(
        [PROMTOOL, "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)],
        check=True,
        capture_output=True,
    )
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n")
    with started(folder, config, data) as url:
        yield url


@contextmanager
def started(folder: Path, config: Path, data: Path) -> Iterator[str]:
    """Start a Prometheus with a configuration; yields its address once it is ready."""
    port = free_port()
    process = subprocess.Popen(
        [
            str(PROMETHEUS),
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--storage.tsdb.retention.time=100y",
            "--log.level=error",
        ],
        cwd=folder,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_ready(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the program ended"
        try:
            with urlopen(f"{url}/-/ready", timeout=1):
                return
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError("the program did not get ready")


def asked(url: str, path: str, **given: object) -> dict:
    """Return the answer of a Prometheus, also where it is an error."""
    try:
        with urlopen(f"{url}/api/v1/{path}?{urlencode(given, doseq=True)}", timeout=10) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        return json.loads(error.read())
