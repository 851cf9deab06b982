"""The demonstration as a user starts it: in a process of its own, amid settings that it must ignore."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.handbook import LINES

DEMO = [sys.executable, "-m", "marketing_agent.cli", "demo"]
LOUD = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "SMTP_INBOX_1": "real@example.org|secret|192.0.2.1|465|Real",
    "OPENAI_API_KEY": "a key",
    "MARKETING_AGENT_PORT": "not a port",
}
FIGURES = {
    *("imported", "refused", "sent", "server_accepted", "unknown", "bounced", "replied"),
    *("told", "answered", "complaints", "suppressed", "held", "invariants"),
}


def surroundings(home: Path) -> dict[str, str]:
    return os.environ | LOUD | {"MARKETING_AGENT_HOME": str(home), "TMPDIR": str(home.parent)}


def test_the_demo_keeps_every_promise_and_touches_nothing_of_the_user_s(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    ended = subprocess.run(
        [*DEMO, "--days", "5", "--exit", "--json"],
        env=surroundings(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert summary.keys() == FIGURES
    assert summary["bounced"].keys() == {"hard", "soft", "block"}
    assert summary["imported"] == 240
    assert summary["refused"] == 10
    assert summary["sent"] > 20
    # One answer was lost on the way; the copy in our own mailbox has settled it since.
    assert summary["unknown"] == 0
    assert summary["server_accepted"] == summary["sent"]
    assert summary["replied"] > 0
    assert len(summary["invariants"]) >= 12
    assert all(summary["invariants"].values())
    assert not list(home.iterdir())
    assert [each.name for each in tmp_path.iterdir()] == ["home"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tmp_path = tmp_path_factory.mktemp("served")
    home = tmp_path / "home"
    command = [*DEMO, "--days", "2", "--port", "0"]
    with subprocess.Popen(
        command,
        env=surroundings(home),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        yield _base_url(process.stderr)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert not list(tmp_path.glob("marketing-agent-demo-*"))


def _base_url(lines: "Iterator[str]") -> str:
    said = []
    for line in lines:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found.group()
    raise AssertionError("the demo did not say where it answers:\n" + "".join(said))


def ask(line: str, base: str) -> tuple[int, str]:
    """Run a line of the handbook with curl, only the base URL changed; give status and body."""
    command = line.replace("$BASE", base) + " --silent --max-time 20 --write-out '\\n%{http_code}'"
    told = subprocess.run(  # noqa: S602  the lines are shell lines, quotes included
        command, shell=True, capture_output=True, text=True, check=True
    ).stdout
    body, _, status = told.rpartition("\n")
    return int(status), body


def test_a_cycle_by_hand_really_sends(served: str) -> None:
    status, body = ask("curl -X POST $BASE/cron/send-emails", served)
    assert status == 200
    assert json.loads(body)["sent"] >= 1


def test_the_stop_is_told_in_exactly_these_words_and_holds(served: str) -> None:
    stop = '{"key": "emergency_stop", "value": true}'
    ask(f"curl -X POST $BASE/api/config -d '{stop}'", served)
    assert ask("curl $BASE/api/config/emergency_stop", served)[1] == '{"emergency_stop": true}'
    status, body = ask("curl -X POST $BASE/cron/send-emails", served)
    told = json.loads(body)
    assert (status, told["sent"]) == (200, 0)
    assert told["refused"]["emergency_stop"] > 0


def test_every_line_of_the_handbook_works_as_printed_twice(served: str) -> None:
    for _ in range(2):
        for line in LINES:
            status, body = ask(line, served)
            assert 200 <= status < 300, f"{line}\n{status} {body}"
            json.loads(body)
