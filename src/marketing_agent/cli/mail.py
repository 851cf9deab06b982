"""`marketing-agent mail`: judge mails and strip quotes from the shell; no database, no Django."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from marketing_agent.cli.mail_model import SecondOpinion
    from marketing_agent.mail.parse import Mail

app = typer.Typer(
    help="Judge inbound mail and strip quoted text, without touching the store.",
    add_completion=False,
)


class UnreadableError(Exception):
    """A file cannot be read; the sentence says which and why."""


MAX_INPUT = 32 * 1024 * 1024  # bytes read from standard input or one file


@app.command()
def classify(
    path: Annotated[
        Path | None, typer.Argument(help="A raw mail; standard input if left out.")
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read paths from standard input, one a line.")
    ] = False,
    model: Annotated[
        bool, typer.Option("--model", help="Ask a model where the rules doubt (LLM_GROK).")
    ] = False,
) -> None:
    """Say what a mail is and what its writer wants, as one line of JSON.

    In batch mode a file that cannot be read gives a line of the kind "error", and exit code 1 at the end.
    """
    opinion = _second_opinion() if model else None
    if not batch:
        with _said_and_ended():
            _print(_verdict(None if path is None else str(path), opinion))
        return
    failed = False
    for name in _paths():
        found = _verdict_or_error(name, opinion)
        failed = failed or found["kind"] == "error"
        _print(found)
    if failed:
        raise typer.Exit(1)


@app.command()
def strip(
    path: Annotated[Path | None, typer.Argument(help="A text; standard input if left out.")] = None,
    html: Annotated[bool, typer.Option("--html", help="The text is HTML.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
    own: Annotated[
        bool, typer.Option("--own", help="Leave out the quoted lines between answers, too.")
    ] = False,
) -> None:
    """Print what the writer wrote, without quoted mail and signature.

    Quoted lines stay where the writer answers between them, so that the answers can be understood; the
    intent of a reply is read without them (--own).
    """
    from marketing_agent.mail.strip import strip_html, strip_reply  # noqa: PLC0415  loaded when used

    with _said_and_ended():
        text = _read(None if path is None else str(path)).decode("utf-8", "replace")
    reply = strip_html(text) if html else strip_reply(text, context=not own)
    sys.stdout.write(json.dumps({"reply": reply}, ensure_ascii=False) if as_json else reply)
    sys.stdout.write("\n")


@contextmanager
def _said_and_ended() -> Iterator[None]:
    """End the command with a sentence when the one file it was given cannot be read."""
    try:
        yield
    except UnreadableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _paths() -> Iterator[str]:
    """Give the paths on standard input, whatever bytes they are made of."""
    return (os.fsdecode(line.strip()) for line in sys.stdin.buffer if line.strip())


def _print(found: dict[str, Any]) -> None:
    """Write one line at once, so that whoever reads a long batch sees how far it is."""
    line = json.dumps(found, ensure_ascii=False)
    sys.stdout.write(line.encode("utf-8", "replace").decode("utf-8") + "\n")
    sys.stdout.flush()


def _second_opinion() -> "SecondOpinion":
    from marketing_agent.cli.mail_model import NoModelError, SecondOpinion  # noqa: PLC0415  slow to load

    try:
        return SecondOpinion()
    except NoModelError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _verdict_or_error(name: str, opinion: "SecondOpinion | None") -> dict[str, Any]:
    try:
        return _verdict(name, opinion)
    except UnreadableError as error:
        return {"file": name, "kind": "error", "error": str(error)}


def _verdict(name: str | None, opinion: "SecondOpinion | None") -> dict[str, Any]:
    from marketing_agent.mail.classify import classify as judge  # noqa: PLC0415  loaded when used
    from marketing_agent.mail.parse import parse  # noqa: PLC0415  as above

    mail = parse(_read(name))
    found = judge(mail)
    return {
        "file": name,
        "kind": found.kind,
        "recipients": [
            {
                "recipient": one.recipient,
                "category": one.category,
                "status": one.status,
                "final": one.final,
                "reason": one.reason,
                "provider": one.provider,
            }
            for one in found.recipients
        ],
        "original_message_id": found.original_message_id,
        "feedback_type": found.feedback_type,
        **_wanted(mail, found.kind, opinion),
    }


def _wanted(mail: "Mail", kind: str, opinion: "SecondOpinion | None") -> dict[str, Any]:
    """What the writer of a reply wants; other mails want nothing."""
    from marketing_agent.mail.intent import intent_of, own_words  # noqa: PLC0415  loaded when used

    if kind not in ("human", "auto-reply"):
        return {}
    words, automatic = own_words(mail), kind == "auto-reply"
    reading = intent_of(mail, automatic=automatic, words=words)
    contact = reading.contact
    by_rules = {
        "intent": reading.intent,
        "confidence": round(reading.confidence, 2),
        "until": None if reading.until is None else reading.until.isoformat(),
        "contact": None if contact is None else {"name": contact.name, "address": contact.address},
    }
    return by_rules | (opinion.on(reading, words, mail.date) if opinion and not automatic else {})


def _read(name: str | None) -> bytes:
    """Read a mail.

    Raises:
        UnreadableError: when the file cannot be read.
    """
    if name is None:
        return sys.stdin.buffer.read(MAX_INPUT)
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_INPUT)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UnreadableError(
            f"{name} cannot be read: {reason}. Give the path of a file."
        ) from error


if __name__ == "__main__":
    app()
