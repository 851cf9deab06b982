"""`marketing-agent resume`: ends the emergency stop, slowly if wished."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, operator, say
from marketing_agent.operations.actions import current_resumption, resume_sending
from marketing_agent.operations.config import CAP_KEY, read
from marketing_agent.operations.words import counted
from marketing_agent.workers import clock

app = new_app("End the emergency stop.")


@app.command()
def resume(
    max_per_run: Annotated[
        int | None,
        typer.Option("--max-per-run", min=0, help="Most letters a cycle lets out from here on."),
    ] = None,
    gradually: Annotated[
        bool,
        typer.Option(
            "--gradually", help="One letter a cycle, then 5, then as before; an hour for each step."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """End the emergency stop; the cap, if any, is set first, so that nothing rushes out."""
    if gradually and max_per_run is not None:
        fail("Give --gradually or --max-per-run, not both: the first sets the cap by itself.", 2)
    by, now = operator(), clock.now()
    ended = resume_sending(by, now, max_per_run=max_per_run, gradually=gradually) is not None
    slowly, cap = current_resumption() is not None, read(CAP_KEY)
    done = {
        "emergency_stop": False,
        "was_stopped": ended,
        "gradually": slowly,
        "max_emails_per_run": cap,
    }
    emit(done, as_json=as_json, text=lambda: say(_sentences(cap if slowly else None, ended=ended)))


def _sentences(cap: int | None, *, ended: bool) -> str:
    first = "Sending goes on." if ended else "There was no stop; sending goes on."
    if cap is None:
        return first
    return (
        f"{first} At most {counted(cap, 'letter leaves', 'letters leave')} in a cycle: 1 at first, after an "
        "hour without trouble 5, and after another as many as before. `marketing-agent why` says how far "
        "it is; `marketing-agent config set max_emails_per_run null` ends it."
    )
