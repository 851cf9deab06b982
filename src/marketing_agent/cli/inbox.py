"""`marketing-agent inbox`: what came back, how far it was read, and what it was taken for."""

from datetime import datetime
from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, table
from marketing_agent.engine.values import Intent, ItemKind, ItemState, OpinionState
from marketing_agent.inbound.actions import classify as decide
from marketing_agent.inbound.actions.by_hand import find_item
from marketing_agent.inbound.models import InboxItem, Notice, Opinion
from marketing_agent.inbound.steps import process_new
from marketing_agent.inbound.steps import reprocess as take_up
from marketing_agent.workers import clock
from marketing_agent.workers.claim import this_owner

app = new_app("Inbound mail: list, show, reprocess, classify.")

PORTION = 500
"""Mails worked through at once; the worker takes the rest."""

_OPINION = (
    "state", "finding", "provider", "model", "heard", "confidence", "reason", "until", "contact_name",
    "contact_address", "suggestion", "cost", "tries", "opened_at", "settled_at",
)  # fmt: skip
_NOTICE = ("state", "told_at", "problem")
_SHOWN = ("id", "state", "kind", "intent", "from_address", "subject", "fetched_at", "reason")


@app.command("list")
def list_(
    state: Annotated[ItemState | None, typer.Option("--state", help="Only this state.")] = None,
    kind: Annotated[ItemKind | None, typer.Option("--kind", help="Only this kind.")] = None,
    needs_person: Annotated[
        bool, typer.Option("--needs-person", help="Only what neither rules nor a model can tell.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Mails at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List inbound mails, newest first; --json shows what people wrote."""
    wanted: dict[str, object] = {
        name: value for name, value in (("state", state), ("kind", kind)) if value
    }
    wanted |= {"opinion__state": OpinionState.PERSON} if needs_person else {}
    rows = InboxItem.objects.filter(**wanted).select_related(
        "inbox", "email", "prospect", "opinion", "notice"
    )
    items = [_row(item) for item in rows.order_by("-id")[:limit]]
    shown = [[item[name] for name in _SHOWN] for item in items]
    data = {"items": items, "count": len(items)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, shown, empty="No mail."))


@app.command()
def show(
    item_id: Annotated[str, typer.Argument(help="The mail's id.")], as_json: AsJson = False
) -> None:
    """Show one inbound mail: what it is, which letter it belongs to and why, what was written."""
    emit(_row(find_item(item_id)), as_json=as_json)


@app.command()
def reprocess(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Mails at most.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Read held and failed mails once more; what was done already is not done twice."""
    emit(take_up(limit, this_owner(), operator(), clock.now()), as_json=as_json)


@app.command()
def classify(
    item_id: Annotated[str, typer.Argument(help="The mail's id.")],
    intent: Annotated[
        Intent | None, typer.Argument(help="What it wants; left out, the rules read it again.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Back then, or to be asked again then."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a mail wants, with everything that follows from it; a mail not read so far is read."""
    now, day = clock.now(), until.date() if until else None
    item = decide(item_id, intent, operator(), now, until=day)
    if item.state == ItemState.NEW:
        process_new(PORTION, this_owner(), now)
    emit(_row(find_item(item_id)), as_json=as_json)


def _row(item: InboxItem) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "inbox": item.inbox.address,
        "state": item.state,
        "reason": item.reason,
        "kind": item.kind or None,
        "intent": item.intent or None,
        "intent_by": item.intent_by,
        "intent_confidence": item.intent_confidence,
        "intent_evidence": item.intent_evidence,
        "until": item.until,
        "contact_name": item.contact_name,
        "contact_address": item.contact_address,
        "from_address": item.from_address,
        "subject": item.subject,
        "date": item.date,
        "fetched_at": item.fetched_at,
        "processed_at": item.processed_at,
        "email": item.email.public_id if item.email else None,
        "prospect": item.prospect.public_id if item.prospect else None,
        "match": item.match,
        "match_evidence": item.match_evidence,
        "text": item.text,
        "opinion": _opinion(item),
        "notice": _notice(item),
    }


def _opinion(item: InboxItem) -> dict[str, Any] | None:
    found: Opinion | None = getattr(item, "opinion", None)
    return None if found is None else {name: getattr(found, name) for name in _OPINION}


def _notice(item: InboxItem) -> dict[str, Any] | None:
    found: Notice | None = getattr(item, "notice", None)
    return None if found is None else {name: getattr(found, name) for name in _NOTICE}
