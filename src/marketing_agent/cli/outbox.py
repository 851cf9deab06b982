"""`marketing-agent outbox`: what is held for review, and taking held letters up again."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say, table
from marketing_agent.operations.held import current_guard, in_words
from marketing_agent.operations.words import at, counted
from marketing_agent.outbox.actions import release as letters
from marketing_agent.outbox.review import Review, review
from marketing_agent.workers import clock

app = new_app("Look at what is held for review, and take held letters up again.")

_COLUMNS = ("campaign", "step", "letters", "steps", "oldest")


@app.callback()
def outbox() -> None:
    """Letters and steps that wait for a person."""


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show what is held for review since a restore or an outage, and why."""
    found = review()
    emit(_data(found), as_json=as_json, text=lambda: _say(found))


@app.command()
def release(
    email_id: Annotated[
        str,
        typer.Argument(metavar="[ID]", help="One letter; else all that is held for a person."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take held letters up again once what held them is mended; a campaign's are written anew.

    While something is held for review since a restore or an outage, that alone is let go.
    """
    now, guard = clock.now(), current_guard()
    if email_id:
        letters.release(email_id, operator(), now)
    released = 1 if email_id else letters.release_all(operator(), now)
    over = guard is not None and not email_id and current_guard() is None
    steps = guard.steps if guard is not None and over else 0
    emit(
        {"released": released, "steps": steps},
        as_json=as_json,
        text=lambda: say(_released(released, steps)),
    )


def _released(letters: int, steps: int) -> str:
    also = f" and {counted(steps, 'step', 'steps')}" if steps else ""
    return f"Released {counted(letters, 'letter', 'letters')}{also}."


def _data(found: Review) -> dict[str, Any]:
    guard = found.guard
    record = guard and {
        "cause": guard.cause,
        "summary": guard.summary,
        "noticed_at": guard.noticed_at,
        "letters": guard.letters,
        "steps": guard.steps,
        "all_held": found.all_held,
    }
    parts = [asdict(part) for part in found.parts]
    return {"guard": record, "parts": parts, "people": found.people}


def _say(found: Review) -> None:
    if found.guard is None:
        say("Nothing is held for review.")
        return
    say(f"{found.guard.summary} Noticed {at(found.guard.noticed_at)}: {in_words(found.guard)}")
    say()
    rows = [[getattr(part, name) for name in _COLUMNS] for part in found.parts]
    table(_COLUMNS, rows, empty="No letter and no step was due.")
    if found.people:
        say(f"\nWhom it would be written to, first of all: {', '.join(found.people)}")
    say("\nTo keep somebody back: marketing-agent suppress add ADDRESS")
    say("To let the others go, by every rule: marketing-agent outbox release")
