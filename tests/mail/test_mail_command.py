"""`marketing-agent mail` as people and scripts call it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketing_agent.cli.mail import app

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
    }


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
        "import marketing_agent.mail.classify, marketing_agent.mail.strip; "
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'sqlite3')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
