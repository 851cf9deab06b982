"""The printed curl lines work as they stand, and the token goes to our host alone."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.shell import environment, run

pytestmark = pytest.mark.enable_socket


class Listener(ThreadingHTTPServer):
    """Answers everything and keeps what it was told about who asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.heard.append(self.headers["Authorization"])
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def curl(home: Path, *words: str) -> None:
    """Run curl after the lines that `env` prints, as a shell would."""
    lines = run(home, "env").stdout
    subprocess.run(
        ["sh", "-c", f'{lines}exec curl -sS "$@"', "sh", *words],  # noqa: S607  as a person would
        env=environment(home),
        check=True,
        timeout=30,
    )


def test_our_host_gets_the_token_and_another_gets_nothing(
    tmp_path: Path, listener: Listener
) -> None:
    run(tmp_path, "init")
    port = listener.server_port
    curl(tmp_path, f"http://127.0.0.1:{port}/api/stats")
    curl(tmp_path, f"http://localhost:{port}/")
    curl(tmp_path, "-L", f"http://127.0.0.1:{port}/elsewhere")
    ours, other, before_redirect, after_redirect = listener.heard
    assert ours is not None
    assert ours.startswith("Basic ")
    assert other is None
    assert (before_redirect, after_redirect) == (ours, None)
