"""Claiming fetched mail by conditional write, with leases on the database's clock."""

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Now

from marketing_agent.engine.values import ItemState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.store.columns import new_public_id

LEASE = timedelta(minutes=5)
MOST_TRIES = 3
"""A mail whose reading has ended a worker so often is kept for a person."""


class LeaseLostError(Exception):
    """Another worker has taken the mail meanwhile; nothing of ours is written."""


def claim(limit: int, owner: str) -> list[InboxItem]:
    """Claim the oldest unread mails for `owner`; gives those that nobody else got first."""
    token = f"{owner}/{new_public_id()}"[:80]
    waiting = InboxItem.objects.filter(state=ItemState.NEW).order_by("id")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    InboxItem.objects.filter(pk__in=ids, state=ItemState.NEW).update(
        state=ItemState.CLAIMED, lease_owner=token, lease_until=Now() + LEASE, tries=F("tries") + 1
    )
    mine = InboxItem.objects.filter(pk__in=ids, lease_owner=token, state=ItemState.CLAIMED)
    return list(mine.select_related("raw").order_by("id"))


def rescue(now: datetime) -> int:
    """Give back what dead workers held; what killed one again and again is held. Gives how many."""
    lapsed = InboxItem.objects.filter(state=ItemState.CLAIMED, lease_until__lt=Now())
    held = lapsed.filter(tries__gte=MOST_TRIES).update(
        state=ItemState.HELD,
        reason=f"A worker died {MOST_TRIES} times over this mail.",
        lease_owner="",
        lease_until=None,
        processed_at=now,
    )
    return held + lapsed.update(state=ItemState.NEW, lease_owner="", lease_until=None)
