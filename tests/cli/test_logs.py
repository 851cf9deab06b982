import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from marketing_agent.cli.main import run
from marketing_agent.settings import settings
from marketing_agent.workers import clock
from operations.world import NOW


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MARKETING_AGENT_HOME", str(tmp_path))
    settings.cache_clear()
    before = clock.install(clock.SimulatedClock(NOW))
    folder = tmp_path / "logs"
    folder.mkdir()
    lines = [
        {"at": stamp(5), "level": "info", "event": "job done", "job": "rescue", "took_s": 0.1},
        {"at": stamp(3), "level": "error", "event": "job failed", "job": "send-emails"},
        {"at": stamp(90), "level": "info", "event": "long ago", "job": "rescue"},
    ]
    (folder / "worker.log").write_text("".join(json.dumps(line) + "\n" for line in lines[:2]))
    (folder / "web.log").write_text(json.dumps(lines[2]) + "\n{cut off\n[1]\n")
    yield folder
    clock.install(before)
    monkeypatch.undo()
    settings.cache_clear()


def stamp(minutes_ago: int) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).isoformat().replace("+00:00", "Z")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "events"),
    [
        ([], ["job done", "job failed"]),
        (["--since", "2h"], ["long ago", "job done", "job failed"]),
        (["--since", "7d", "--job", "rescue"], ["long ago", "job done"]),
        (["--level", "error"], ["job failed"]),
    ],
)
def test_lines_are_chosen_by_time_job_and_level(
    words: list[str], events: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["logs", "--json", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == events


@pytest.mark.usefixtures("folder")
def test_people_get_one_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["logs"]) == 0
    assert "info    job done job=rescue took_s=0.1" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("since", ["", "h", "2w", "-1h", "yesterday"])
def test_a_span_that_is_none_is_refused(since: str) -> None:
    assert run(["logs", "--since", since]) == 2
