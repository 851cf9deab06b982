"""What a person does with inbound mail: take it up again, or say what it wants."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.engine.values import POSITIVE, Intent, ItemState
from marketing_agent.inbound.actions.answers import withdraw_own
from marketing_agent.inbound.actions.opinions import decided_by_person, forget_opinion
from marketing_agent.inbound.actions.positives import Wanted, welcome
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.threads import address_key
from marketing_agent.operations.errors import BadValueError, NotFoundError
from marketing_agent.outbox.actions.responses import opted_out, reply_received
from marketing_agent.outbox.models import Email

STUCK = (ItemState.HELD, ItemState.ERROR)


@transaction.atomic
def release(
    by: Actor, now: datetime, *, limit: int = 10_000, public_ids: Collection[str] | None = None
) -> int:
    """Let held and failed mail be read once more, the oldest first; gives how many."""
    rows = InboxItem.objects.filter(state__in=STUCK)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    ids = list(rows.order_by("id").values_list("pk", flat=True)[:limit])
    released = InboxItem.objects.filter(pk__in=ids, state__in=STUCK).update(
        state=ItemState.NEW, tries=0, reason="", processed_at=None
    )
    if released:
        audit(by, "inbox.release", "", after={"released": released}, now=now)
    return released


@transaction.atomic
def classify(public_id: str, intent: str | None, by: Actor, now: datetime) -> InboxItem:
    """Say what a mail wants, with what follows from it; without an intent the rules read it again.

    Raises:
        NotFoundError: when there is no such mail.
        BadValueError: when `intent` is none of the known ones.
    """
    item = find_item(public_id)
    if intent is None:
        return _read_again(item, by, now)
    decided, before = _intent(intent), item.intent
    item.intent, item.intent_by = decided, by.name[:200]
    item.intent_confidence, item.intent_evidence = 1.0, "decided by a person"
    item.state, item.processed_at = ItemState.PROCESSED, now
    item.save(
        update_fields=[
            *("intent", "intent_by", "intent_confidence", "intent_evidence"),
            *("state", "processed_at"),
        ]
    )
    decided_by_person(item, by.name, now)
    _follow(item, decided, by, now)
    audit(
        by,
        "inbox.classify",
        public_id,
        before={"intent": before},
        after={"intent": str(decided)},
        now=now,
    )
    return item


def find_item(public_id: str) -> InboxItem:
    """Give an inbound mail with what it belongs to.

    Raises:
        NotFoundError: when there is no such mail.
    """
    rows = InboxItem.objects.select_related("inbox", "email", "prospect")
    item = rows.filter(public_id=public_id).first()
    if item is None:
        raise NotFoundError(f"There is no inbox item {public_id}. See: marketing-agent inbox list")
    return item


def _intent(word: str) -> Intent:
    try:
        return Intent(word)
    except ValueError:
        raise BadValueError(f"{word!r} is no intent; known are: {', '.join(Intent)}.") from None


def _read_again(item: InboxItem, by: Actor, now: datetime) -> InboxItem:
    """Give the mail to the rules; one whose bytes are no longer kept stays as it was read."""
    if not RawMail.objects.filter(item=item).exists():
        return item
    InboxItem.objects.filter(pk=item.pk).exclude(state=ItemState.CLAIMED).update(
        state=ItemState.NEW, tries=0, intent_by="", processed_at=None
    )
    forget_opinion(item)
    audit(by, "inbox.classify", item.public_id, before={"intent": item.intent}, now=now)
    item.refresh_from_db()
    return item


def _follow(item: InboxItem, intent: Intent, by: Actor, now: datetime) -> None:
    """Do what the person's word asks for; out of office is the one that ends no sequence."""
    if item.prospect_id and intent is not Intent.OUT_OF_OFFICE:
        reason = f"{intent.replace('_', ' ')} (inbox item {item.public_id}, read by {by.name})"
        reply_received(item.prospect_id, reason, now, colleagues_at=_company(item.email))
    if intent is Intent.OPT_OUT:
        for key in sorted(_addresses(item) - {""}):
            opted_out(key, f"asked for silence (inbox item {item.public_id})", by, now)
    if intent not in POSITIVE:
        withdraw_own(item, f"{by.name} reads it as: {intent.replace('_', ' ')}", now)
    welcome(item, item.prospect, Wanted(intent, item.text, item.until), now)


def _company(letter: Email | None) -> str:
    """Give the company that is left in peace too, where the letter's campaign says so."""
    if letter is None or letter.campaign is None or not letter.campaign.stop_for_colleagues:
        return ""
    return letter.domain if are_colleagues(letter.domain) else ""


def _addresses(item: InboxItem) -> set[str]:
    keys = {address_key(item.from_address)}
    if item.email is not None:
        keys.add(item.email.address_key)
    return keys
