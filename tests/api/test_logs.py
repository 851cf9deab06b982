"""Log lines over HTTP."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api.world import NOW, Asker


@pytest.fixture(autouse=True)
def _lines(tmp_path: Path, installed: Callable[..., None]) -> None:
    installed(HOME=str(tmp_path))
    folder = tmp_path / "logs"
    folder.mkdir()
    lines = [
        {"at": _stamp(90), "level": "info", "event": "long ago", "job": "rescue"},
        {"at": _stamp(5), "level": "info", "event": "job done", "job": "rescue"},
        {"at": _stamp(3), "level": "error", "event": "job failed", "job": "send-emails"},
    ]
    (folder / "worker.log").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _stamp(minutes_ago: int) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("", ["job done", "job failed"]),
        ("?limit=1", ["job failed"]),
        ("?since=2025-03-03T08:00:00Z", ["long ago", "job done", "job failed"]),
        ("?job=rescue", ["job done"]),
        ("?level=error", ["job failed"]),
    ],
)
def test_the_newest_lines_are_given_oldest_first(
    query: str, events: list[str], admin: Asker
) -> None:
    found = admin.json("GET", f"/api/logs{query}")
    assert [line["event"] for line in found["logs"]] == events
    assert found["count"] == len(events)


def test_a_level_that_is_none_is_refused(admin: Asker) -> None:
    assert admin.get("/api/logs?level=loud").status_code == 422
