"""What a person does with inbound mail: take it up again, or say what it wants."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import WRITTEN_BY_NOBODY, Intent, ItemState
from marketing_agent.inbound.actions.opinions import decided_by_person, forget_opinion
from marketing_agent.inbound.actions.positives import Wanted
from marketing_agent.inbound.actions.wishes import grant, reply_of, silence
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.operations.errors import BadValueError, ConflictError, NotFoundError

STUCK = (ItemState.HELD, ItemState.ERROR)
_NAMES_A_DAY = frozenset({Intent.OUT_OF_OFFICE, Intent.NOT_NOW})


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
def classify(
    public_id: str, intent: str | None, by: Actor, now: datetime, *, until: date | None = None
) -> InboxItem:
    """Say what a mail wants, with what follows from it; without an intent the rules read it again.

    A mail that was not read so far is read with the person's word in place of the rules'.

    Args:
        public_id: the mail's id.
        intent: what it wants; None lets the rules say.
        by: who says so.
        now: when, aware UTC.
        until: the day they are back, or want to be asked again; None keeps the one that was read.

    Raises:
        NotFoundError: when there is no such mail.
        BadValueError: when `intent` is none of the known ones.
        ConflictError: while a worker reads it.
    """
    item = find_item(public_id)
    if intent is None:
        return _read_again(item, by, now)
    if item.kind in WRITTEN_BY_NOBODY:
        kind = item.kind.replace("_", " ")
        raise BadValueError(f"{public_id} is no mail of a person ({kind}); it wants nothing.")
    decided, before = _intent(intent), item.intent
    _decide(item, decided, (until or item.until) if decided in _NAMES_A_DAY else None, by, now)
    decided_by_person(item, by.name, now)
    if item.state == ItemState.PROCESSED:
        item.reason = grant(reply_of(item), Wanted(decided, item.text, item.until), by, now)
        item.save(update_fields=["reason"])
    elif decided is Intent.OPT_OUT:  # whatever becomes of the mail, silence begins now
        silence(reply_of(item), by, now)
    after = {"intent": str(decided), "until": item.until.isoformat() if item.until else None}
    audit(by, "inbox.classify", public_id, before={"intent": before}, after=after, now=now)
    return item


def _decide(item: InboxItem, intent: Intent, until: date | None, by: Actor, now: datetime) -> None:
    """Write a person's word; a mail that was not read so far is taken up again."""
    state = item.state if item.state == ItemState.PROCESSED else ItemState.NEW
    facts: dict[str, object] = {
        "intent": intent,
        "intent_by": by.name[:200],
        "intent_confidence": 1.0,
        "intent_evidence": "decided by a person",
        "until": until,
        "state": state,
        "processed_at": now if state == ItemState.PROCESSED else None,
    }
    if state == ItemState.NEW:
        facts |= {"tries": 0, "reason": ""}
    as_seen = InboxItem.objects.filter(pk=item.pk, state=item.state)
    if not as_seen.exclude(state=ItemState.CLAIMED).update(**facts):
        raise ConflictError(f"A worker is reading {item.public_id} this moment. Try again.")
    item.refresh_from_db()


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
