"""`marketing-agent stop`: the emergency stop."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say
from marketing_agent.operations.actions import start_stop
from marketing_agent.operations.words import at
from marketing_agent.workers import clock

app = new_app("Emergency stop: nothing leaves from here on.")


@app.command()
def stop(
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who come after.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop every sender at once. Reading goes on. Run again, it changes nothing."""
    row = start_stop(reason, operator(), clock.now())
    done = {
        "emergency_stop": True,
        "since": row.started_at,
        "by": row.started_by,
        "reason": row.reason,
    }
    sentence = (
        f"Stopped since {at(row.started_at)} by {row.started_by}. End: marketing-agent resume"
    )
    emit(done, as_json=as_json, text=lambda: say(sentence))
