"""`marketing-agent why`: in sentences, why nothing went out."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, say
from marketing_agent.operations.why import why as ask
from marketing_agent.workers import clock

app = new_app("Say in sentences why nothing went out.")


@app.command()
def why(
    address_or_id: Annotated[
        str, typer.Argument(help="An address, a prospect's or letter's id; empty: everything.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say why nothing went out to an address, with a letter, or at all."""
    sentences = ask(address_or_id, clock.now())
    data = {"subject": address_or_id, "sentences": sentences}
    emit(data, as_json=as_json, text=lambda: say("\n".join(sentences)))
