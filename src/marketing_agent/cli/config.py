"""`marketing-agent config`: run-time switches."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, table
from marketing_agent.operations.config import SWITCHES, read, read_all, switch
from marketing_agent.workers.stopping import change_switch

app = new_app("Read and set run-time switches.")

Key = Annotated[str, typer.Argument(help="The switch, such as max_emails_per_run.")]


@app.command("get")
def get(
    key: Annotated[str, typer.Argument(help="One switch; all of them if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show one switch, or all of them."""
    values = {key: read(key)} if key else read_all()
    rows = [(name, value, SWITCHES[name].help) for name, value in values.items()]
    if key:
        emit(values, as_json=as_json)
        return
    emit(values, as_json=as_json, text=lambda: table(("switch", "value", "meaning"), rows))


@app.command("set")
def set_(
    key: Key,
    value: Annotated[str, typer.Argument(help="The value; null for none.")],
    as_json: AsJson = False,
) -> None:
    """Set a switch; every sender follows at once."""
    kept = change_switch(key, switch(key).from_text(value), operator())
    emit({key: kept}, as_json=as_json)
