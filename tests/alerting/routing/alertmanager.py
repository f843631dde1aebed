"""A real Alertmanager on loopback, with a webhook receiver that remembers what it was told and when."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

PROGRAM = shutil.which("prometheus-alertmanager")
MISSING = "prometheus-alertmanager is not installed (Debian package of that name)"


@dataclass
class Real:
    """The running program; `told` are (seconds from `began`, the webhook's payload)."""

    url: str
    began: float = 0.0
    told: list[tuple[float, dict]] = field(default_factory=list)

    def now_s(self) -> float:
        return time.monotonic() - self.began

    def post(self, path: str, data: object) -> dict | None:
        request = Request(
            f"{self.url}/api/v2/{path}", json.dumps(data).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=5) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def get(self, path: str) -> list[dict]:
        with urlopen(f"{self.url}/api/v2/{path}", timeout=5) as answer:
            return json.loads(answer.read())

    def wait_until(self, at_s: float) -> None:
        """Wait for a moment of the real program's life: it has no other clock than the wall's."""
        threading.Event().wait(max(at_s - self.now_s(), 0.0))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 makes a burst of notifications wait a second to connect


@contextmanager
def running(folder: Path, config: str) -> Iterator[Real]:
    """Start the program with a configuration in which {hook} is the receiver's address."""
    assert PROGRAM is not None
    real = Real("")

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            real.told.append((real.now_s(), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = folder / "real.yml"
    file.write_text(config.replace("{hook}", f"http://127.0.0.1:{server.server_address[1]}"))
    port = free_port()
    real.url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            PROGRAM,
            f"--config.file={file}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
    )
    try:
        _ready(real, process)
        yield real
    finally:
        process.terminate()
        process.wait(10)
        server.shutdown()
        server.server_close()


def _ready(real: Real, process: subprocess.Popen) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert process.poll() is None, "the program ended"
        try:
            with urlopen(f"{real.url}/-/ready", timeout=1):
                real.began = time.monotonic()
                return
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError("the program did not get ready")
