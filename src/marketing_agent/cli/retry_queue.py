"""`marketing-agent retry-queue`: letters that wait for another try, and dead letters."""

from typing import Annotated

import typer

from marketing_agent.cli.emails import EmailId, listed, row_of, show_letters
from marketing_agent.cli.output import AsJson, new_app, operator
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions import dead as letters
from marketing_agent.outbox.models import Email
from marketing_agent.workers import clock

app = new_app("Retries and dead letters.")


@app.command("list")
def list_(
    dead: Annotated[bool, typer.Option("--dead", help="Dead letters only.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Letters at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List letters that wait for another try, and those that gave up."""
    states = [EmailState.DEAD] if dead else [EmailState.RETRY, EmailState.DEAD]
    rows = listed(Email.objects.filter(state__in=states))[:limit]
    show_letters(as_json, [row_of(each) for each in rows])


@app.command()
def replay(email_id: EmailId, as_json: AsJson = False) -> None:
    """Plan a dead letter again; the suppression that it caused is lifted."""
    _show(letters.replay(email_id, operator(), clock.now()), as_json)


@app.command()
def discard(email_id: EmailId, as_json: AsJson = False) -> None:
    """Let a dead letter go for good; its history stays."""
    _show(letters.discard(email_id, operator(), clock.now()), as_json)


def _show(email: Email, as_json: bool) -> None:
    fresh = listed(Email.objects.filter(pk=email.pk)).get()
    show_letters(as_json, [row_of(fresh)], one=True)
