"""`marketing-agent secret`: store credentials, encrypted; values come on standard input only."""

import getpass
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, operator, table
from marketing_agent.inboxes.actions import delete_secret, put_secret
from marketing_agent.inboxes.credentials import FORMATS
from marketing_agent.inboxes.secrets import INBOX_SECRET, list_secrets
from marketing_agent.workers import clock

app = new_app("Store credentials, encrypted; they are never printed.")

NameArgument = Annotated[str, typer.Argument(help="The secret's name, such as SMTP_INBOX_1.")]
LONGEST = 100_000  # characters read from standard input


@app.command("put")
def put(name: NameArgument, as_json: AsJson = False) -> None:
    """Keep a secret whose value comes on standard input; one of that name is replaced.

    SMTP_INBOX_n holds email|password|smtphost|smtpport|displayname, optionally with
    |imaphost|imapport behind it. LLM_GROK and LLM_FALLBACK hold the key of a model's API.
    """
    put_secret(name, _value(name), operator(), clock.now())
    entry = next(each for each in list_secrets() if each.name == name)
    emit(asdict(entry), as_json=as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Show the names of all secrets, where each comes from and whose account it is."""
    entries = [asdict(each) for each in list_secrets()]
    columns = ("name", "source", "address", "updated_at", "problem")
    emit(
        {"secrets": entries, "count": len(entries)},
        as_json=as_json,
        text=lambda: table(
            columns,
            [[each[column] for column in columns] for each in entries],
            empty="There are no secrets. Put one: marketing-agent secret put SMTP_INBOX_1",
        ),
    )


@app.command("delete")
def delete(name: NameArgument, as_json: AsJson = False) -> None:
    """Delete a secret from the store."""
    if not delete_secret(name, operator(), clock.now()):
        fail(f"The store has no secret {name}. See: marketing-agent secret list")
    emit({"name": name, "deleted": True}, as_json=as_json)


def _value(name: str) -> str:
    if sys.stdin.isatty():
        form = FORMATS if INBOX_SECRET.match(name) else "its value"
        return getpass.getpass(f"{name} ({form}): ")
    return sys.stdin.read(LONGEST)
