"""`marketing-agent stop`: the emergency stop."""

from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say
from marketing_agent.cli.ready import fail_uninstalled
from marketing_agent.operations.words import at
from marketing_agent.settings import settings
from marketing_agent.store.selfcheck import is_empty
from marketing_agent.workers.stopping import Stopped, stop_everything

app = new_app("Emergency stop: nothing leaves from here on.")


@app.command()
def stop(
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who come after.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop every sender at once, and wait until no letter can begin. Reading goes on.

    Run again, it changes nothing.
    """
    done = stop_everything(reason, operator())
    if not done.recorded and is_empty():
        fail_uninstalled(settings().home, ", so nothing was stopped")
    emit(_data(done), as_json=as_json, text=lambda: say(_sentences(done)))


def _data(done: Stopped) -> dict[str, Any]:
    stop = done.stop
    return {
        "emergency_stop": True,
        "recorded": done.recorded,
        "since": stop.started_at,
        "by": stop.started_by,
        "reason": stop.reason,
        "effective_at": stop.effective_at,
        "past_data": done.past_data,
        "took_s": round(done.took_s, 3),
        "senders": {"acknowledged": done.acknowledged, "expired": done.expired},
    }


def _sentences(done: Stopped) -> str:
    stop = done.stop
    since = f"Stopped since {at(stop.started_at)} by {stop.started_by}"
    lines = [f"{since}; sure after {done.took_s:.2f} s. {_under_way(done.past_data)}"]
    lines += [f"Reason: {stop.reason}"] if stop.reason else []
    if not done.recorded:
        lines.append(
            "The store could not be written, so the stop stands in the file STOP of this home. It binds "
            "all senders of this home; senders elsewhere with the same store must be stopped there."
        )
    return "\n".join([*lines, "End: marketing-agent resume --gradually"])


def _under_way(letters: int | None) -> str:
    if letters is None:
        return "Letters whose text was under way finish."
    return {
        0: "No letter is under way.",
        1: "1 letter whose text was under way finishes.",
    }.get(letters, f"{letters} letters whose text was under way finish.")
