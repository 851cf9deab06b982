"""`marketing-agent emails`: letters, what became of them, and settling unknown outcomes."""

from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, operator, say, table
from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.lookup import get_inbox
from marketing_agent.outbox.actions.resolve import resolve as settle
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.finding import find
from marketing_agent.workers import clock

app = new_app("List letters; settle the ones with unknown outcome.")

COLUMNS = (
    "id",
    "status",
    "kind",
    "address",
    "inbox",
    "subject",
    "sent_at",
    "next_try_at",
    "reason",
)
_INQUIRIES = ("looked_at", "looks", "finding", "sent", "evidence", "settled_by")
_TRIES = ("at", "data_at", "finished_at", "look", "phase", "outcome", "code", "enhanced", "reply")

EmailId = Annotated[str, typer.Argument(help="The letter's id.")]


@app.command("list")
def list_(
    status: Annotated[EmailState | None, typer.Option("--status", help="Only this state.")] = None,
    inbox: Annotated[str, typer.Option("--inbox", help="Only from this inbox's address.")] = "",
    prospect: Annotated[
        str, typer.Option("--prospect", help="Only to this prospect's id or address.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Letters at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List letters, newest first."""
    wanted = {
        "state": status,
        "inbox": get_inbox(inbox) if inbox else None,
        "prospect": find(prospect) if prospect else None,
    }
    rows = Email.objects.filter(**{key: value for key, value in wanted.items() if value})
    show_letters(as_json, [row_of(each) for each in listed(rows)[:limit]])


@app.command()
def show(email_id: EmailId, as_json: AsJson = False) -> None:
    """Show one letter with its text and every try."""
    email = listed(Email.objects.filter(public_id=email_id)).first()
    if email is None:
        fail(f"There is no letter {email_id!r}. See `marketing-agent emails list`.")
    tries = list(email.attempts.order_by("id").values(*_TRIES))
    inquiries = list(email.inquiries.order_by("id").values(*_INQUIRIES))
    data = row_of(email) | {"body": email.body, "attempts": tries, "inquiries": inquiries}
    emit(data, as_json=as_json, text=lambda: _say(data))


@app.command()
def resolve(
    email_id: EmailId,
    sent: Annotated[
        bool | None,
        typer.Option("--sent/--not-sent", help="Was it delivered? Not sent: it is tried again."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="How you know.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say of a letter in state *unknown* whether it was delivered; only a person may know."""
    if sent is None:
        fail("Say --sent or --not-sent: only a person may know what the server did.", 2)
    row = settle(email_id, sent=sent, reason=reason, by=operator(), now=clock.now())
    email = listed(Email.objects.filter(pk=row.pk)).get()
    show_letters(as_json, [row_of(email)], one=True)


def listed(rows: Any) -> Any:  # noqa: ANN401  a QuerySet of letters, with or without filters
    """Give letters newest first, with what `row_of` needs."""
    rows = rows.select_related("inbox", "prospect").prefetch_related("inquiries")
    return rows.order_by("-id")


def row_of(email: Email) -> dict[str, Any]:
    """Give a letter as lists show it."""
    return {
        "id": email.public_id,
        "status": email.state,
        "kind": email.kind,
        "address": email.to_address,
        "inbox": email.inbox.address,
        "prospect": email.prospect.public_id if email.prospect else None,
        "subject": email.subject,
        "reason_code": email.reason_code,
        "reason": email.finding or email.reason,
        "step": email.step,
        "failures": email.failures,
        "message_id": email.message_id,
        "created_at": email.created_at,
        "sent_at": email.sent_at,
        "next_try_at": email.due_at,
    }


def show_letters(as_json: bool, letters: list[dict[str, Any]], *, one: bool = False) -> None:
    """Print letters as a table or as JSON."""
    rows = [[letter[name] for name in COLUMNS] for letter in letters]
    data = letters[0] if one else {"emails": letters, "count": len(letters)}
    emit(data, as_json=as_json, text=lambda: table(COLUMNS, rows, empty="No letters."))


def _say(letter: dict[str, Any]) -> None:
    apart = {"body", "attempts", "inquiries"}
    rest = {name: value for name, value in letter.items() if name not in apart}
    emit(rest, as_json=False)
    say(f"\n{letter['body']}\n")
    table(
        _TRIES,
        [[each[name] for name in _TRIES] for each in letter["attempts"]],
        empty="No try yet.",
    )
    if letter["inquiries"]:
        rows = [[each[name] for name in _INQUIRIES] for each in letter["inquiries"]]
        table(_INQUIRIES, rows)
