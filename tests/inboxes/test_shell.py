"""Inboxes and secrets from the shell."""

import io
import json

import pytest

from marketing_agent.cli.main import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("key")]

VALUE = "new@example.com|hun|ter2|relay.example.net|465|Ada\n"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(VALUE))


def answer(capsys: Output, *arguments: str) -> dict[str, object]:
    assert run([*arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_secret_is_put_from_standard_input_and_never_printed(capsys: Output) -> None:
    put = answer(capsys, "secret", "put", "SMTP_INBOX_4")
    assert (put["name"], put["address"]) == ("SMTP_INBOX_4", "new@example.com")
    assert run(["secret", "list"]) == 0
    shown = capsys.readouterr()
    assert "SMTP_INBOX_4\tstore\tnew@example.com" in shown.out
    assert "ter2" not in shown.out + shown.err + json.dumps(put)


def test_an_inbox_is_added_paused_and_resumed(capsys: Output) -> None:
    run(["secret", "put", "SMTP_INBOX_4"])
    capsys.readouterr()
    added = answer(capsys, "inboxes", "add", "NEW@example.com", "--daily-limit", "3")
    assert (added["address"], added["effective_limit"]) == ("new@example.com", 3)
    paused = answer(capsys, "inboxes", "pause", "new@example.com", "--reason", "odd replies")
    assert (paused["status"], paused["pause_reason"]) == ("paused", "odd replies")
    assert answer(capsys, "inboxes", "resume", "new@example.com")["status"] == "active"
    changed = answer(capsys, "inboxes", "update", "new@example.com", "--zone", "Europe/Berlin")
    assert changed["zone"] == "Europe/Berlin"
    assert answer(capsys, "inboxes", "list")["count"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["inboxes", "add", "new@example.com"], "secret put"),
        (["inboxes", "pause", "new@example.com", "--reason", "x"], "inboxes add"),
        (["inboxes", "update", "new@example.com"], "--help"),
        (["secret", "delete", "SMTP_INBOX_9"], "secret list"),
        (["secret", "put", "nonsense"], "SMTP_INBOX_1"),
    ],
)
def test_a_refusal_is_one_sentence_that_says_what_to_do(
    capsys: Output, arguments: list[str], said: str
) -> None:
    assert run(arguments) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_failed_trial_is_shown_and_is_exit_code_1(capsys: Output) -> None:
    assert run(["inboxes", "test", "new@example.com"]) == 1
    assert "Neither an inbox nor a secret" in capsys.readouterr().out
