"""`marketing-agent resume`: ends the emergency stop, slowly if wished."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say
from marketing_agent.operations.actions import end_stop, set_switch
from marketing_agent.workers import clock

app = new_app("End the emergency stop.")


@app.command()
def resume(
    max_per_run: Annotated[
        int | None,
        typer.Option("--max-per-run", min=0, help="Most letters a cycle lets out from here on."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """End the emergency stop; with --max-per-run the cap is set first, so that nothing rushes out."""
    by, now = operator(), clock.now()
    if max_per_run is not None:
        set_switch("max_emails_per_run", max_per_run, by, now)
    ended = end_stop(by, now) is not None
    done = {"emergency_stop": False, "was_stopped": ended, "max_emails_per_run": max_per_run}
    sentence = "Sending goes on." if ended else "There was no stop; sending goes on."
    emit(done, as_json=as_json, text=lambda: say(sentence))
