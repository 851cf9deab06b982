"""The leases of processes that may begin DATA, and their acknowledgement of an emergency stop."""

from datetime import datetime, timedelta

from django.db.models.functions import Now

from marketing_agent.operations.models import Stop
from marketing_agent.outbox.models import SendingLease

ABANDONED = timedelta(days=1)
"""A lease that nobody renewed for so long belongs to a dead process; a living one renews every 10 s.

So long, because a clock that jumps must not take a living process's lease: a stop would not wait for it.
A dead one's costs each stop half a second until then.
"""


def open_lease(owner: str, now: datetime) -> None:
    """Enter a process among those that may begin DATA; before it reads the stop for the first time."""
    SendingLease.objects.create(owner=owner, opened_at=now, renewed_at=Now())


def renew_lease(owner: str) -> bool:
    """Give a sign of life; False when somebody has removed the lease."""
    return SendingLease.objects.filter(owner=owner).update(renewed_at=Now()) == 1


def acknowledge(owner: str, stop: Stop, past_data: int) -> None:
    """Say that this process begins no DATA from here on, and how many letters are under way."""
    SendingLease.objects.filter(owner=owner).update(
        seen_stop=stop, past_data=past_data, renewed_at=Now()
    )


def close_lease(owner: str) -> None:
    """Leave: this process begins no DATA any more."""
    SendingLease.objects.filter(owner=owner).delete()


def remove_abandoned() -> int:
    """Remove the leases of dead processes; gives how many."""
    removed, _ = SendingLease.objects.filter(renewed_at__lt=Now() - ABANDONED).delete()
    return removed
