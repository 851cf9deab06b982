"""`marketing-agent mail`: judge mails and strip quotes from the shell; no database, no Django."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Judge inbound mail and strip quoted text, without touching the store.",
    add_completion=False,
)

MAX_INPUT = 32 * 1024 * 1024  # bytes read from standard input or one file


@app.command()
def classify(
    path: Annotated[
        Path | None, typer.Argument(help="A raw mail; standard input if left out.")
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read paths from standard input, one a line.")
    ] = False,
) -> None:
    """Say what a mail is, as one line of JSON: a bounce, complaint, automatic answer or person."""
    for name in _paths() if batch else [None if path is None else str(path)]:
        sys.stdout.write(json.dumps(_verdict(name), ensure_ascii=False) + "\n")


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

    text = _read(None if path is None else str(path)).decode("utf-8", "replace")
    reply = strip_html(text) if html else strip_reply(text, context=not own)
    sys.stdout.write(json.dumps({"reply": reply}, ensure_ascii=False) if as_json else reply)
    sys.stdout.write("\n")


def _paths() -> Iterator[str]:
    return (line.strip() for line in sys.stdin if line.strip())


def _verdict(name: str | None) -> dict[str, Any]:
    from marketing_agent.mail.classify import classify as judge  # noqa: PLC0415  loaded when used
    from marketing_agent.mail.parse import parse  # noqa: PLC0415  as above

    found = judge(parse(_read(name)))
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
    }


def _read(name: str | None) -> bytes:
    if name is None:
        return sys.stdin.buffer.read(MAX_INPUT)
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_INPUT)
    except OSError as error:
        typer.echo(f"{name} cannot be read: {error.strerror}. Give the path of a file.", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
