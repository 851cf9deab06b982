"""What an operator closes, looks back on, and is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from inbound.scene import a_scene, answer, receive
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.cli.main import run
from marketing_agent.inbound.models import Opinion
from marketing_agent.operations.actions import open_alert
from operations.world import NOW

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]


def typed(capsys: Capture, *words: str) -> Any:
    """Run a command that must succeed; gives its JSON."""
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_an_alert_is_closed_once_and_audited(capsys: Capture) -> None:
    open_alert("job-failing:rescue", "critical", "It failed.", now=NOW)
    assert typed(capsys, "alerts", "close", "job-failing:rescue")
    assert typed(capsys, "alerts", "list")["alerts"] == []
    assert AuditEntry.objects.filter(action="alert.close").count() == 1
    assert run(["alerts", "close", "job-failing:rescue"]) == 1
    assert "No alert is open" in capsys.readouterr().err


def test_imports_are_listed_newest_first(tmp_path: Path, capsys: Capture) -> None:
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_text(f"email\n{name[0]}anna@adler.de\ninfo@adler.de\n")
        typed(capsys, "prospects", "import", str(tmp_path / name))
    found = typed(capsys, "prospects", "imports")["imports"]
    assert [each["file_name"] for each in found] == ["second.csv", "first.csv"]
    assert [(each["imported"], each["refused"]) for each in found] == [(1, 1), (1, 1)]


def test_mail_that_needs_a_person_is_listed_and_counted(capsys: Capture) -> None:
    [item] = receive(answer(a_scene().letter, "Hm, we shall see."))
    receive(answer(a_scene("olaf@inn.example").letter, "I am interested.", "olaf@inn.example"))
    said = typed(capsys, "jobs", "run", "second-opinions")["said"]
    assert said == "No model is configured. Put a key: marketing-agent secret put LLM_GROK"
    Opinion.objects.get_or_create(
        item=item, defaults={"state": "person", "finding": "Nobody can tell.", "opened_at": NOW}
    )
    [found] = typed(capsys, "inbox", "list", "--needs-person")["items"]
    assert (found["id"], found["opinion"]["state"]) == (item.public_id, "person")
    assert len(typed(capsys, "inbox", "list")["items"]) == 2
    assert run(["status"]) == 0
    assert "1 waiting for a person: inbox undecided" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["send"], ["send", "--dry-run"]])
def test_nothing_is_sent_and_it_fails_while_nobody_signs(
    words: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MARKETING_AGENT_SANDBOX", raising=False)
    assert run(words) == 1
    assert "sender_name, postal_address" in capsys.readouterr().out


def test_where_an_answer_goes_and_who_was_told_is_shown(capsys: Capture) -> None:
    letter = a_scene("nina@hotel.example").letter
    [item] = receive(answer(letter, "Yes, I am interested.", Reply_To="desk@agency.example"))
    [row] = typed(capsys, "answers", "list")["answers"]
    assert row["to"] == typed(capsys, "answers", "show", row["id"])["to"] == "desk@agency.example"
    assert run(["answers", "show", row["id"]]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "The answer goes to desk@agency.example, not to nina@hotel.example" in said
    waiting = {"state": "waiting", "told_at": None, "problem": ""}
    assert typed(capsys, "inbox", "show", item.public_id)["notice"] == waiting
    assert typed(capsys, "inbox", "list")["items"][0]["notice"] == waiting
