"""`up` as an operator starts it: real processes, a real port, real signals."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from cli.shell import COMMAND, environment, run

pytestmark = pytest.mark.enable_socket

PATIENCE_S = 60


def until(ready: Callable[[], Any]) -> Any:
    """Ask again and again until there is an answer; fails when patience ends."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        found = ready()
        if found:
            return found
        threading.Event().wait(0.1)
    pytest.fail("it did not happen in time")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def up(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    run(tmp_path, "init")
    given = environment(tmp_path, MARKETING_AGENT_PORT=str(port))
    with subprocess.Popen([*COMMAND, "up"], env=given, stderr=subprocess.DEVNULL) as process:
        yield process
        if process.poll() is None:
            process.kill()


def get(port: int, path: str, token: str = "") -> tuple[int, dict[str, Any]] | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, HTTPException):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    return None


def healthy(port: int) -> dict[str, Any] | None:
    found = get(port, "/health")
    return found[1] if found and found[1]["dependencies"]["worker"]["status"] == "ok" else None


def family(pid: int) -> list[int]:
    """List a process and everything below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in below for each in family(int(child)))]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def test_up_serves_works_restarts_what_falls_over_and_ends_in_order(
    up: subprocess.Popen[bytes], tmp_path: Path, port: int
) -> None:
    assert until(lambda: healthy(port))["status"] == "healthy"

    token = (tmp_path / "netrc").read_text().split()[5]
    assert (get(port, "/api/stats") or (0,))[0] == 401
    stats = until(lambda: get(port, "/api/stats", token))[1]
    assert stats["emergency_stop"] is False

    everyone = family(up.pid)
    assert sum(resident_kb(pid) for pid in everyone) < 200 * 1024
    worker = next(pid for pid in everyone if command_of(pid).endswith("worker "))
    os.kill(worker, signal.SIGKILL)

    def another_worker() -> bool:
        return any(command_of(p).endswith("worker ") and p != worker for p in family(up.pid)[1:])

    until(another_worker)

    everyone = family(up.pid)
    up.send_signal(signal.SIGTERM)
    assert up.wait(timeout=PATIENCE_S) == 0
    assert not [pid for pid in everyone if Path(f"/proc/{pid}").exists()]
    assert get(port, "/health") is None


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path, port: int) -> None:
    run(tmp_path, "init")
    with socket.create_server(("127.0.0.1", port)):
        ended = run(tmp_path, "up", MARKETING_AGENT_PORT=str(port))
        demo = run(tmp_path, "demo", "--days", "365", "--port", str(port))
    assert (ended.returncode, demo.returncode) == (1, 1)
    assert ended.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be opened")
    assert "MARKETING_AGENT_PORT" in ended.stderr
    assert "--port" in demo.stderr


def test_if_the_supervisor_is_killed_its_children_go_with_it(
    up: subprocess.Popen[bytes], port: int
) -> None:
    until(lambda: healthy(port))
    everyone = family(up.pid)
    up.kill()
    up.wait(timeout=PATIENCE_S)
    until(lambda: not [pid for pid in everyone if Path(f"/proc/{pid}").exists()])
