"""Writing second opinions down: opened, claimed with a lease, accepted, or handed to a person.

Whatever is written of an answer is fenced by the lease, and an item that a person or the rules have
decided meanwhile is left as it is. Here and wherever both are written, the item comes before the opinion.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.opinions import REFUSALS, Heard
from marketing_agent.engine.values import Intent, ItemKind, ItemState, OpinionState
from marketing_agent.inbound.actions.positives import Draft, Wanted
from marketing_agent.inbound.actions.wishes import end_sequences, grant, reply_of
from marketing_agent.inbound.asking import Advice
from marketing_agent.inbound.case import MODEL, RULES
from marketing_agent.inbound.claim import LeaseLostError
from marketing_agent.inbound.models import InboxItem, Opinion
from marketing_agent.inbound.storable import storable
from marketing_agent.store.columns import new_public_id

BY = job_actor("second-opinions")
LEASE = timedelta(minutes=5)
"""Longer than every model may take together."""

MOST_TRIES = 3
FRESH = timedelta(days=14)
"""Older replies are history: nobody waits for an opinion on them any more."""

_CANDIDATES = 20
_A_RUN = 1_000


def open_opinions(threshold: float, now: datetime) -> int:
    """Open an opinion for each doubtful reply that has none; gives how many.

    Told from the replies each time, so that no way of becoming one can be forgotten.
    """
    doubtful = Q(intent=Intent.UNCLEAR) | Q(intent_confidence__lt=threshold)
    replies = InboxItem.objects.filter(
        doubtful,
        kind=ItemKind.REPLY,
        state=ItemState.PROCESSED,
        intent_by=RULES,
        opinion=None,
        fetched_at__gt=now - FRESH,
    ).exclude(intent__in=REFUSALS)
    ids = list(replies.order_by("id").values_list("pk", flat=True)[:_A_RUN])
    made = [Opinion(item_id=each, opened_at=now, next_try_at=now) for each in ids]
    # Another worker may open the same ones.
    return len(Opinion.objects.bulk_create(made, ignore_conflicts=True))


def hand_over(finding: str, now: datetime, opened_before: datetime | None = None) -> int:
    """Give the waiting ones to a person, or those put off for too long; gives how many."""
    rows = Opinion.objects.filter(state=OpinionState.WAITING)
    if opened_before is not None:
        rows = rows.filter(opened_at__lt=opened_before).exclude(finding="")
    return _end(rows, OpinionState.PERSON, finding, now)


def claim_opinion(owner: str, now: datetime) -> Opinion | None:
    """Take the oldest one that is due; each claim counts as a try, before anybody is asked."""
    token = f"{owner}/{new_public_id()}"[:80]
    due = Opinion.objects.filter(state=OpinionState.WAITING, next_try_at__lte=now)
    for pk in due.order_by("next_try_at", "id").values_list("pk", flat=True)[:_CANDIDATES]:
        free = Opinion.objects.filter(pk=pk, state=OpinionState.WAITING)
        taken = free.update(
            state=OpinionState.ASKING,
            lease_owner=token,
            lease_until=Now() + LEASE,
            tries=F("tries") + 1,
        )
        if taken:
            return Opinion.objects.select_related("item__prospect").get(pk=pk)
    return None


def rescue_opinions(now: datetime) -> int:
    """Take back what dead workers held; what killed so many goes to a person. Gives how many."""
    lapsed = Opinion.objects.filter(state=OpinionState.ASKING, lease_until__lt=Now())
    finding = f"A worker died {MOST_TRIES} times while a model was asked."
    handed = _end(lapsed.filter(tries__gte=MOST_TRIES), OpinionState.PERSON, finding, now)
    return handed + lapsed.update(
        state=OpinionState.WAITING, lease_owner="", lease_until=None, next_try_at=now
    )


def put_off(opinion: Opinion, finding: str, until: datetime, *, asked: bool) -> None:
    """Ask again later; where nobody was asked the try does not count."""
    _mine(opinion).update(
        state=OpinionState.WAITING,
        finding=storable(finding, 1000),
        next_try_at=until,
        tries=F("tries") if asked else F("tries") - 1,
        lease_owner="",
        lease_until=None,
    )


def give_to_person(
    opinion: Opinion, finding: str, now: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """End the asking: a person has to read the reply. What was said is kept for them.

    Until they have, nothing more is written to somebody in whose words a model reads a refusal.
    """
    with transaction.atomic():
        given = _end(_mine(opinion), OpinionState.PERSON, finding, now, **(facts or {}))
        if given and (facts or {}).get("heard") == Heard.NEGATIVE:
            reply = reply_of(opinion.item)
            end_sequences(reply, f"perhaps a refusal ({reply.mark})", now)


def note_decided(opinion: Opinion, now: datetime) -> None:
    """End the asking because the reply needs no opinion any more."""
    _end(_mine(opinion), OpinionState.DECIDED, "It was decided meanwhile.", now)


def accept(
    opinion: Opinion, advice: Advice, by: str, facts: Mapping[str, object], now: datetime
) -> OpinionState:
    """Let a model's reading stand, with what follows from it; who decided meanwhile wins.

    Args:
        opinion: as it was claimed, with its item as it was read before asking.
        advice: a checked answer that is taken.
        by: the provider that gave it.
        facts: further columns of the opinion.
        now: UTC.

    Raises:
        LeaseLostError: when another worker has the opinion now.
    """
    with transaction.atomic():
        stands = _write_intent(opinion.item, advice, by)
        state = OpinionState.ACCEPTED if stands else OpinionState.DECIDED
        finding = advice.ruling.sentence if stands else "It was decided meanwhile."
        if not _end(_mine(opinion), state, finding, now, **facts):
            raise LeaseLostError(f"The opinion on {opinion.item.public_id} was taken by another.")
        if stands:
            follow(opinion.item, advice, by, now)
    return state


def follow(item: InboxItem, advice: Advice, by: str, now: datetime) -> None:
    """Do what follows from an accepted reading, as from the rules' own; nothing is sent by this."""
    if advice.ruling.intent is not None:
        wanted = Wanted(advice.ruling.intent, item.text, advice.until)
        draft = Draft(advice.suggestion, f"{MODEL}{by}")
        grant(reply_of(item), wanted, BY, now, draft)


def forget_opinion(item: InboxItem) -> None:
    """Forget the opinion on a reply that a person lets the rules read again."""
    Opinion.objects.filter(item=item).delete()


def decided_by_person(item: InboxItem, who: str, now: datetime) -> None:
    """Close the opinion on a reply that a person has decided, whatever anybody answers later."""
    rows = Opinion.objects.filter(item=item).exclude(state=OpinionState.DECIDED)
    _end(rows, OpinionState.DECIDED, f"Decided by {who}.", now)


def _write_intent(item: InboxItem, advice: Advice, by: str) -> bool:
    """Write the intent unless anybody has touched it since the question was asked."""
    unchanged = InboxItem.objects.filter(
        pk=item.pk, state=ItemState.PROCESSED, intent_by=RULES, intent=item.intent, text=item.text
    )
    written = unchanged.update(
        intent=advice.ruling.intent,
        intent_by=f"{MODEL}{by}",
        intent_confidence=advice.confidence,
        intent_evidence=advice.reason,
        until=advice.until,
        contact_name=advice.contact_name,
        contact_address=advice.contact_address,
    )
    return written == 1


def _mine(opinion: Opinion) -> QuerySet[Opinion]:
    return Opinion.objects.filter(
        pk=opinion.pk, state=OpinionState.ASKING, lease_owner=opinion.lease_owner
    )


def _end(
    rows: QuerySet[Opinion], state: OpinionState, finding: str, now: datetime, **facts: object
) -> int:
    return rows.update(
        state=state,
        finding=storable(finding, 1000),
        settled_at=now,
        next_try_at=None,
        lease_owner="",
        lease_until=None,
        **facts,
    )
