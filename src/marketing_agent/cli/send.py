"""`marketing-agent send`: one send cycle through every rule."""

from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, note, say, table
from marketing_agent.outbox.send import LACKING, rehearse
from marketing_agent.workers import clock
from marketing_agent.workers.run import run_job

app = new_app("Run one send cycle now.")

PATIENCE_S = 10.0


@app.command()
def send(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be planned; write and send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan and deliver what is due now. Waits ten seconds for a cycle that is under way."""
    now = clock.now()
    if dry_run:
        result: dict[str, Any] = rehearse(now).as_dict() | {"dry_run": True}
    else:
        result = run_job("send-emails", "cli", now, wait_s=PATIENCE_S)
    emit(result, as_json=as_json, text=lambda: _say(result))
    if LACKING in result["refused"]:
        raise typer.Exit(1)  # nobody meant that, unlike an emergency stop


def _say(result: dict[str, Any]) -> None:
    say(f"Planned {result['planned']}, sent {result['sent']}, unknown {result['unknown']}.")
    refused = sorted((code, count) for code, count in result["refused"].items() if count)
    if result["note"]:
        say(result["note"])
    elif not (result["planned"] or refused):
        note("`marketing-agent why` says why there is nothing to send.")
    if refused:
        table(("refused because", "letters"), refused)
