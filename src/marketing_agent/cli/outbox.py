"""`marketing-agent outbox`: taking held letters up again."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say
from marketing_agent.outbox.actions import release as letters
from marketing_agent.workers import clock

app = new_app("Take held letters up again.")


@app.callback()
def outbox() -> None:
    """Letters that wait for a person."""


@app.command()
def release(
    email_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="One letter; else all held for a person.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take held letters up again once what held them is mended; a campaign's are written anew."""
    now = clock.now()
    if email_id:
        letters.release(email_id, operator(), now)
    released = 1 if email_id else letters.release_all(operator(), now)
    emit({"released": released}, as_json=as_json, text=lambda: say(f"Released {released}."))
