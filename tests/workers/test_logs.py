import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import structlog

from marketing_agent.settings import settings
from marketing_agent.workers import clock, logs
from workers.parts import NOW


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MARKETING_AGENT_HOME", str(tmp_path))
    settings.cache_clear()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    before = clock.install(clock.SimulatedClock(NOW))
    logs.configure("worker")
    yield tmp_path / "logs" / "worker.log"
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level
    clock.install(before)
    structlog.reset_defaults()
    monkeypatch.undo()
    settings.cache_clear()


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_line_is_one_json_object_with_the_time_of_our_clock(file: Path) -> None:
    structlog.get_logger("here").info("job done", job="send-emails", result={"sent": 3})
    logging.getLogger("django.db").warning("slow: %s s", 3)
    ours, theirs = lines(file)
    assert (ours["event"], ours["job"], ours["result"]) == ("job done", "send-emails", {"sent": 3})
    assert (ours["at"], ours["level"]) == ("2026-03-04T11:00:00Z", "info")
    assert (theirs["event"], theirs["logger"]) == ("slow: 3 s", "django.db")


@pytest.mark.parametrize(
    "fact",
    [
        {"password": "hunter22"},
        {"authorization": "Bearer hunter22"},
        {"token": "hunter22"},
        {"secret": {"user": "a", "value": "hunter22"}},
        {"nested": {"smtp_password": "hunter22"}},
        {"many": [{"api_key": "hunter22"}]},
        {"url": "postgresql://agent:hunter22@db/agent"},
        {"said": "sent Authorization: Basic hunter22hunter22"},
        {"said": "ma_hunter22hunter22"},
    ],
)
def test_no_secret_reaches_the_file(file: Path, fact: dict[str, Any]) -> None:
    structlog.get_logger("here").info("something", **fact)
    assert "hunter22" not in file.read_text()
    assert logs.HIDDEN in file.read_text()


def test_a_traceback_is_one_line_and_keeps_no_secret(file: Path) -> None:
    try:
        urlopen("nothing://me:hunter22@mail.example.com")  # noqa: S310  it fails by design
    except URLError:
        structlog.get_logger("here").exception("job failed")
    (line,) = lines(file)
    assert "Traceback" in line["exception"]
    assert "hunter22" not in line["exception"]
