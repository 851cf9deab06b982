"""`marketing-agent answers`: answers suggested to positive replies, and a person's word on them."""

import sys
from collections.abc import Collection
from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, operator, say, table
from marketing_agent.engine.values import SuggestionState
from marketing_agent.inbound.actions.answers import LONGEST_BODY, Wording
from marketing_agent.inbound.actions.answers import decline as let_be
from marketing_agent.inbound.answering import addressees, say_to
from marketing_agent.inbound.approvals import find
from marketing_agent.inbound.models import Suggestion
from marketing_agent.outbox.models import Email
from marketing_agent.workers import answering, clock

app = new_app("Answers suggested to positive replies: read, approve, decline, write.")

AnswerId = Annotated[str, typer.Argument(help="The suggested answer's id.")]
Subject = Annotated[str | None, typer.Option("--subject", help="Another subject.")]

_SHOWN = ("id", "state", "from_address", "to", "intent", "subject", "expires_at", "decided_by")


@app.command("list")
def list_(
    state: Annotated[
        SuggestionState | None, typer.Option("--state", help="Only this state, such as open.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Answers at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List suggested answers, newest first."""
    wanted = {"state": state} if state else {}
    rows = Suggestion.objects.filter(**wanted).select_related("item", "email")
    answers = _rows(rows.order_by("-id")[:limit])
    shown = [[each[name] for name in _SHOWN] for each in answers]
    data = {"answers": answers, "count": len(answers)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, shown, empty="No answers."))


@app.command()
def show(answer_id: AnswerId, as_json: AsJson = False) -> None:
    """Show a reply and the answer suggested to it."""
    found = _found(answer_id)
    [data] = _rows([found])
    elsewhere = say_to(found.item, data["to"])
    emit(data, as_json=as_json, text=lambda: _say(data, elsewhere))


@app.command()
def approve(
    answer_id: AnswerId,
    subject: Subject = None,
    own_words: Annotated[
        bool, typer.Option("--body", help="Read the text from standard input instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send a suggested answer, as it is or in other words; once, and within a day."""
    wording = Wording(subject, _text() if own_words else None)
    emit(_letter(answering.approve(answer_id, wording, operator(), clock.now())), as_json=as_json)


@app.command()
def decline(
    answer_id: AnswerId,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let a suggestion be; nothing is sent."""
    let_be(answer_id, reason, operator(), clock.now())
    emit(_rows([_found(answer_id)])[0], as_json=as_json)


@app.command()
def write(
    item_id: Annotated[str, typer.Argument(help="The inbound mail's id.")],
    subject: Subject = None,
    as_json: AsJson = False,
) -> None:
    """Answer an inbound mail in your own words, given on standard input."""
    wording = Wording(subject, _text())
    emit(_letter(answering.write(item_id, wording, operator(), clock.now())), as_json=as_json)


def _text() -> str:
    return sys.stdin.read(LONGEST_BODY)


def _found(answer_id: str) -> Suggestion:
    found = find(answer_id)
    if found is None:
        fail(f"There is no suggested answer {answer_id!r}. See: marketing-agent answers list")
    return found


def _letter(email: Email) -> dict[str, Any]:
    return {
        "letter": email.public_id,
        "status": email.state,
        "to": email.to_address,
        "subject": email.subject,
    }


def _rows(found: Collection[Suggestion]) -> list[dict[str, Any]]:
    to = addressees(found)
    return [_row(each, to[each.pk]) for each in found]


def _row(found: Suggestion, to: str) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "state": found.state,
        "subject": found.subject,
        "body": found.body,
        "made_by": found.made_by,
        "created_at": found.created_at,
        "expires_at": found.expires_at,
        "decided_by": found.decided_by,
        "decided_at": found.decided_at,
        "reason": found.reason,
        "inbox_item": found.item.public_id,
        "intent": found.item.intent,
        "from_address": found.item.from_address,
        "to": to,
        "said": found.item.text,
        "letter": found.email.public_id if found.email else None,
    }


def _say(data: dict[str, Any], elsewhere: str) -> None:
    emit(
        {name: value for name, value in data.items() if name not in {"said", "body"}}, as_json=False
    )
    if elsewhere:
        say(f"\n{elsewhere}")
    say(f"\nThey wrote:\n\n{data['said']}\n\nSuggested:\n\n{data['body']}")
