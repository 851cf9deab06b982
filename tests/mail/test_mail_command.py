"""`marketing-agent mail` as people and scripts call it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketing_agent.cli.mail import app
from marketing_agent.sandbox.model_deeds import Deed
from marketing_agent.sandbox.model_deeds import answer as deed_of
from marketing_agent.sandbox.model_server import ModelServer
from marketing_agent.settings import settings

runner = CliRunner()
REPLY = b"From: jane@client.example\nSubject: Re: hello\n\nYes.\n"


def test_a_mail_on_standard_input_is_judged() -> None:
    result = runner.invoke(app, ["classify"], input=REPLY)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "file": None,
        "kind": "human",
        "recipients": [],
        "original_message_id": None,
        "feedback_type": None,
        "intent": "interested",
        "confidence": 0.85,
        "until": None,
        "contact": None,
    }


ABSENCE = """From: Jane Doe <jane@client.example>
Subject: Automatic reply: hello
Date: Mon, 4 May 2026 10:00:00 +0200
Auto-Submitted: auto-replied

I am out of the office and back on 12 May. In urgent cases please contact
Anna Meyer, anna.meyer@client.example.
"""


def test_an_automatic_answer_says_until_when_and_who_stands_in() -> None:
    found = json.loads(runner.invoke(app, ["classify"], input=ABSENCE).stdout)
    assert (found["kind"], found["intent"]) == ("auto-reply", "out_of_office")
    assert found["until"] == "2026-05-12"
    assert found["contact"] == {"name": "Anna Meyer", "address": "anna.meyer@client.example"}


def test_without_a_date_header_a_relative_day_is_none() -> None:
    mail = "From: a@b.example\nSubject: Re: x\n\nNot now, try again next month.\n"
    found = json.loads(runner.invoke(app, ["classify"], input=mail).stdout)
    assert (found["intent"], found["until"]) == ("not_now", None)


@pytest.mark.parametrize(
    "subject", ["unsubscribe", "Re: STOP", "Abmelden", "Stop", "désinscription"]
)
@pytest.mark.parametrize("body", ["", "Sent from my phone\n"])
def test_a_subject_alone_is_heard(subject: str, body: str) -> None:
    mail = f"From: a@b.example\nSubject: {subject}\n\n{body}"
    assert json.loads(runner.invoke(app, ["classify"], input=mail).stdout)["intent"] == "opt_out"


def test_html_alone_is_read() -> None:
    mail = (
        "From: a@b.example\nSubject: Re: x\nContent-Type: text/html\n\n"
        "<p>Please remove me from your list.</p><blockquote type=cite>Interested?</blockquote>\n"
    )
    assert json.loads(runner.invoke(app, ["classify"], input=mail).stdout)["intent"] == "opt_out"


def test_a_bounce_wants_nothing() -> None:
    mail = (
        "From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail Returned to Sender\n\n"
        "<jane@client.example>: host mx.client.example said: 550 5.1.1 User unknown\n"
    )
    assert "intent" not in json.loads(runner.invoke(app, ["classify"], input=mail).stdout)


def test_what_cannot_be_read_does_not_end_a_batch(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(REPLY)
    names = [b"/nowhere/x.eml", bytes(tmp_path), b"\xff\xfe", b"a\0b", bytes(good)]
    result = runner.invoke(app, ["classify", "--batch"], input=b"\n".join(names))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["error"] * 4 + ["human"]
    assert lines[0]["error"] == (
        "/nowhere/x.eml cannot be read: No such file or directory. Give the path of a file."
    )
    assert result.exit_code == 1


def test_a_batch_gives_a_line_a_mail(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.eml", "b.eml")]
    for path in paths:
        path.write_bytes(REPLY)
    result = runner.invoke(app, ["classify", "--batch"], input="\n".join(map(str, paths)))
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [
        str(path) for path in paths
    ]


def test_a_missing_file_is_named_in_a_sentence() -> None:
    result = runner.invoke(app, ["classify", "/nowhere/x.eml"])
    assert result.exit_code == 1
    assert "/nowhere/x.eml cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("flags", "text", "prints"),
    [
        ([], "Yes.\n\n> old\n", "Yes.\n"),
        (["--html"], "<p>Yes.</p><blockquote type=cite>old</blockquote>", "Yes.\n"),
        ([], "Yes.\n> When?\nMonday.\n> old\n", "Yes.\n> When?\nMonday.\n"),
        (["--own"], "Yes.\n> When?\nMonday.\n> old\n", "Yes.\nMonday.\n"),
        (["--json"], "Yes.\n> old", '{"reply": "Yes."}\n'),
    ],
)
def test_a_reply_is_stripped(flags: list[str], text: str, prints: str) -> None:
    result = runner.invoke(app, ["strip", *flags], input=text)
    assert (result.exit_code, result.stdout) == (0, prints)


def test_neither_django_nor_a_database_is_loaded() -> None:
    code = (
        "import sys; from marketing_agent.cli import mail; "
        "import marketing_agent.mail.classify, marketing_agent.mail.intent; "
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'sqlite3')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


DOUBTFUL = (
    b"From: a@b.example\nSubject: Re: x\nDate: Mon, 4 May 2026 10:00:00 +0200\n\nHm, well, hm.\n"
)


@pytest.fixture
def grok(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer(lambda _: Deed(status=500), key="a-key") as server:
        monkeypatch.setenv("LLM_GROK", "a-key")
        monkeypatch.setenv("MARKETING_AGENT_LLM_GROK_URL", server.url)
        settings.cache_clear()
        yield server
    monkeypatch.undo()
    settings.cache_clear()


def opined(intent: str) -> Deed:
    """Answer as a model that is sure of itself."""
    return deed_of(
        {
            "intent": intent,
            "confidence": 0.9,
            "until": None,
            "reason": "It hums.",
            "contact_name": None,
            "contact_address": None,
            "suggested_reply": None,
        }
    )


@pytest.mark.enable_socket
def test_a_model_is_asked_where_the_rules_doubt_and_only_there(grok: ModelServer) -> None:
    grok.decide = lambda _: opined("question")
    found = json.loads(runner.invoke(app, ["classify", "--model"], input=DOUBTFUL).stdout)
    assert (found["intent"], found["intent_by"], found["model"]) == (
        *("question", "model:grok"),
        "It hums.",
    )
    refusal = REPLY.replace(b"Yes.", b"Please stop writing to me.")
    for certain in (REPLY, refusal, ABSENCE):
        runner.invoke(app, ["classify", "--model"], input=certain)
    assert len(grok.calls) == 1


@pytest.mark.enable_socket
def test_a_model_decides_no_refusal_and_its_failure_leaves_the_rules(grok: ModelServer) -> None:
    grok.decide = lambda _: opined("negative")
    found = json.loads(runner.invoke(app, ["classify", "--model"], input=DOUBTFUL).stdout)
    assert (found["intent"], found["intent_by"]) == ("unclear", "rules")
    assert "only a person or a rule decides that" in found["model"]
    grok.decide = lambda _: Deed(status=500)
    found = json.loads(runner.invoke(app, ["classify", "--model"], input=DOUBTFUL).stdout)
    assert (found["intent"], found["intent_by"]) == ("unclear", "rules")
    assert "grok" in found["model"]


def test_without_a_key_the_command_says_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLM_GROK", raising=False)
    monkeypatch.delenv("LLM_FALLBACK", raising=False)
    result = runner.invoke(app, ["classify", "--model"], input=DOUBTFUL)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Set LLM_GROK" in result.stderr
