"""Claiming due letters by conditional write, and rescuing what a dead worker left behind.

Leases run on the database's clock, so that workers on machines whose clocks differ agree.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.pacing import local_day
from marketing_agent.engine.ranks import RANKS
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.inboxes.capacity import days
from marketing_agent.inboxes.locking import lock
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.store.columns import new_public_id
from marketing_agent.store.sql import Value, at, marks


class LeaseLostError(Exception):
    """A letter that was ours is somebody else's by now; hands off."""


LEASE = timedelta(minutes=25)
"""More than twice the ten minutes that a server may take to answer the final dot (RFC 5321 4.5.3.2)."""


def due_letters(limit: int, now: datetime) -> list[Email]:
    """List due letters, answers and hot leads first; only their ids and inboxes are read.

    Each rank is read along its own stretch of the index, so the cost does not grow with the table.
    """
    found: list[Email] = []
    for rank in RANKS:
        rows = Email.objects.filter(rank=rank, state__in=DUE, due_at__lte=now)
        found += rows.only("id", "inbox_id").order_by("due_at", "id")[: limit - len(found)]
    return found


# What an inbox may still send today: its limit, less every DATA of its local day, less what is claimed.
_WITHIN_CAPACITY = """
    WITH day (inbox_id, most, since) AS (VALUES {days}),
    room AS MATERIALIZED (
        SELECT inbox_id, most
            - (SELECT COUNT(*) FROM outbox_attempt AS done
                WHERE done.inbox_id = day.inbox_id AND done.data_at >= day.since)
            - (SELECT COUNT(*) FROM outbox_email AS taken WHERE taken.lease_until IS NOT NULL
                AND taken.state = 'claimed' AND taken.inbox_id = day.inbox_id) AS free
        FROM day
    ),
    queue AS (
        SELECT id, inbox_id, ROW_NUMBER() OVER (
            PARTITION BY inbox_id ORDER BY rank, due_at, id
        ) AS place
        FROM outbox_email WHERE id IN ({ids}) AND state IN ({states}) AND due_at <= %s
    )
    SELECT queue.id FROM queue JOIN room ON room.inbox_id = queue.inbox_id
    WHERE queue.place <= room.free
"""


def claim(emails: Sequence[Email], owner: str, now: datetime) -> list[Email]:
    """Claim letters for `owner`; gives those that nobody else got first, with all that delivery needs.

    The statement that claims reserves the inbox's room as well: a claimed letter counts against the
    day's limit like one that left, and one that would exceed it is not claimed.
    """
    if not emails:
        return []
    token = f"{owner}/{new_public_id()}"
    with transaction.atomic():
        inboxes = lock({each.inbox_id for each in emails})
        within = _within_capacity([each.pk for each in emails], inboxes.values(), now)
        # Due still: somebody may have held it or put it off since it was listed.
        Email.objects.filter(pk__in=within, state__in=DUE, due_at__lte=now).update(
            state=EmailState.CLAIMED, lease_owner=token, lease_until=Now() + LEASE
        )
    mine = Email.objects.filter(lease_owner=token, state=EmailState.CLAIMED)
    return list(mine.prefetch_related("inbox").order_by("rank", "due_at", "id"))


def _within_capacity(ids: Sequence[int], inboxes: Iterable[Inbox], now: datetime) -> RawSQL:
    known = {inbox.pk: inbox for inbox in inboxes}
    places: list[Value] = []
    for inbox_id, day in days(known.values(), now).items():
        most = 0 if day.pause else day.limit.value
        places += [inbox_id, most, at(local_day(known[inbox_id].zone, now)[1])]
    due = [str(each) for each in DUE]
    statement = _WITHIN_CAPACITY.format(
        days=", ".join(["(%s, %s, %s)"] * len(known)), ids=marks(ids), states=marks(due)
    )
    return RawSQL(statement, [*places, *ids, *due, at(now)])  # noqa: S611  placeholders alone are filled in


def rescue(now: datetime) -> dict[str, int]:
    """Release what dead workers held: a claimed letter is planned again, a transmitting one is unknown.

    A letter whose DATA had begun may have been delivered, so trying again would be the bug itself.
    """
    lapsed = Email.objects.filter(lease_until__lt=Now())
    with transaction.atomic():
        planned = lapsed.filter(state=EmailState.CLAIMED).update(
            state=EmailState.PLANNED,
            lease_owner="",
            lease_until=None,
            reason_code="lease_lapsed",
            reason="A worker claimed the letter and died before DATA; it is tried again.",
            updated_at=now,
        )
        unknown = _to_unknown(lapsed.filter(state=EmailState.TRANSMITTING), now)
    return {"planned": planned, "unknown": unknown}


def _to_unknown(emails: QuerySet[Email], now: datetime) -> int:
    ids = list(emails.values_list("pk", flat=True))
    Attempt.objects.filter(email_id__in=ids, outcome=None).update(
        outcome=Outcome.UNKNOWN, finished_at=now, phase="final"
    )
    return Email.objects.filter(pk__in=ids, state=EmailState.TRANSMITTING).update(
        state=EmailState.UNKNOWN,
        lease_owner="",
        lease_until=None,
        due_at=None,
        reason_code="worker_died",
        reason="The worker died after DATA began; the server may have accepted the letter.",
        updated_at=now,
    )


def release(token: str, now: datetime) -> int:
    """Give back the letters of a claim that were not tried, unchanged but for the lease."""
    return Email.objects.filter(lease_owner=token, state=EmailState.CLAIMED).update(
        state=EmailState.PLANNED, lease_owner="", lease_until=None, updated_at=now
    )
