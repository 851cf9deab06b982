"""Writing what a mail was found to be, with everything that follows from it, in one transaction."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from marketing_agent.engine.opinions import is_doubtful
from marketing_agent.engine.values import Intent, ItemState
from marketing_agent.inbound.actions.consequences import follow
from marketing_agent.inbound.case import MODEL, RULES, Case
from marketing_agent.inbound.claim import MOST_TRIES, LeaseLostError
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.storable import storable
from marketing_agent.operations.actions import record_error
from marketing_agent.operations.errors import last_words
from marketing_agent.settings import settings


def settle(case: Case, now: datetime) -> ItemState:
    """Write the case and its consequences; both or neither.

    Raises:
        LeaseLostError: when the claim has lapsed and somebody else took the mail.
    """
    with transaction.atomic():
        said = f"{case.remark} {follow(case, now)}".strip()
        _finish(case.item, now, reason=storable(said, 1000), **_facts(case))
    return ItemState.PROCESSED


def hold(item: InboxItem, trace: str, now: datetime) -> None:
    """Keep a mail that met a bug, with its traceback, for a person; `release` takes it up again."""
    last_line = last_words(trace)
    with transaction.atomic():
        record_error(
            "reply_processing",
            storable(last_line, 1000),
            subject=item.public_id,
            origin="process-inbox",
            sample=storable(trace, 20_000),
            now=now,
        )
        reason = f"An error in the program: {last_line}"
        _mine(item).update(
            state=ItemState.HELD,
            reason=storable(reason, 1000),
            lease_owner="",
            lease_until=None,
            processed_at=now,
        )


def put_back(item: InboxItem, said: str, now: datetime) -> None:
    """Give a mail back because the database had trouble; after three tries it becomes an error."""
    given_up = item.tries >= MOST_TRIES
    with transaction.atomic():
        record_error(
            "reply_processing", said, subject=item.public_id, origin="process-inbox", now=now
        )
        _mine(item).update(
            state=ItemState.ERROR if given_up else ItemState.NEW,
            reason=f"The database had trouble: {said}"[:1000],
            lease_owner="",
            lease_until=None,
        )


def _mine(item: InboxItem) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(
        pk=item.pk, state=ItemState.CLAIMED, lease_owner=item.lease_owner
    )


def _finish(item: InboxItem, now: datetime, **facts: object) -> None:
    done = _mine(item).update(
        state=ItemState.PROCESSED, lease_owner="", lease_until=None, processed_at=now, **facts
    )
    if not done:
        raise LeaseLostError(f"{item.public_id} was taken by another worker.")


def _facts(case: Case) -> dict[str, object]:
    facts: dict[str, object] = {
        "kind": case.kind,
        "email": case.letter,
        "prospect": case.prospect,
        "match": case.match,
        "match_evidence": storable(case.match_evidence, 500),
        "text": case.text,
    }
    return facts if _stands(case) else facts | _reading(case)


def _stands(case: Case) -> bool:
    """Say whether the intent that is written stays when the mail is read again.

    A person's word does; a model's does as long as the rules are in doubt.
    """
    if not case.item.intent_by.startswith(MODEL):
        return case.decided
    return case.reading is not None and is_doubtful(case.reading, settings().intent_threshold)


def _reading(case: Case) -> dict[str, object]:
    if case.reading is None:
        nothing = {
            "intent_by": "",
            "intent_evidence": "",
            "contact_name": "",
            "contact_address": "",
        }
        return nothing | {"intent": "", "intent_confidence": None, "until": None}
    contact = case.reading.contact
    unclear = case.reading.intent is Intent.UNCLEAR
    return {
        "intent": case.reading.intent,
        "intent_confidence": None if unclear else case.reading.confidence,
        "intent_by": RULES,
        "intent_evidence": storable("; ".join(case.reading.evidence), 500),
        "until": case.reading.until,
        "contact_name": storable(contact.name or "", 200) if contact else "",
        "contact_address": storable(contact.address or "", 320) if contact else "",
    }
