"""What inboxes have done of their day: letters at DATA, letters claimed, and the last health reading."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from marketing_agent.engine.health import EVIDENCE_WINDOW
from marketing_agent.engine.pacing import local_day
from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.models import HealthReading, Inbox
from marketing_agent.outbox.models import Email
from marketing_agent.store.sql import Value, at, marks, moment, rows

_SENT_TODAY = """
    SELECT inbox_id, COUNT(*), MAX(data_at) FROM outbox_attempt
    WHERE inbox_id IN ({inboxes}) AND data_at >= %s AND data_at < %s GROUP BY inbox_id
"""
_LAST_READINGS = """
    SELECT id, inbox_id, band, at FROM inboxes_healthreading AS reading
    WHERE inbox_id IN ({inboxes}) AND at > %s AND day = (
        SELECT MAX(day) FROM inboxes_healthreading WHERE inbox_id = reading.inbox_id
    )
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """Letters whose DATA began today, when last, and letters claimed that have not come so far."""

    sent: int = 0
    reserved: int = 0
    last_data_at: datetime | None = None


NOTHING = Usage()


def usage_today(
    inboxes: Iterable[Inbox], now: datetime, *, reserved: bool = True
) -> dict[int, Usage]:
    """Count each inbox's own local day with two queries; with one when nobody asks for the reserved."""
    chosen = list(inboxes)
    if not chosen:
        return {}
    sent = {each[0]: each[1:] for each in _sent(chosen, now)}
    claimed = _reserved([inbox.pk for inbox in chosen]) if reserved else {}
    return {
        inbox.pk: Usage(*_counts(sent.get(inbox.pk), claimed.get(inbox.pk, 0))) for inbox in chosen
    }


def _counts(sent: tuple[int, datetime] | None, reserved: int) -> tuple[int, int, datetime | None]:
    return (0, reserved, None) if sent is None else (sent[0], reserved, sent[1])


def _sent(inboxes: list[Inbox], now: datetime) -> list[tuple[int, int, datetime]]:
    # Every DATA counts, a refused one too: the provider has seen it.
    by_zone: dict[str, list[int]] = defaultdict(list)
    for inbox in inboxes:
        by_zone[inbox.zone].append(inbox.pk)
    parts = [_SENT_TODAY.format(inboxes=marks(ids)) for ids in by_zone.values()]
    values = [each for zone, ids in by_zone.items() for each in (*ids, *_bounds(zone, now))]
    found = rows(" UNION ALL ".join(parts), values)
    return [(inbox_id, count, moment(last)) for inbox_id, count, last in found]


def _bounds(zone: str, now: datetime) -> tuple[Value, Value]:
    _, start, end = local_day(zone, now)
    return at(start), at(end)


def _reserved(inbox_ids: Collection[int]) -> dict[int, int]:
    # A transmitting letter has its attempt already, so only the claimed ones are counted here.
    claimed = Email.objects.filter(state=EmailState.CLAIMED, inbox_id__in=inbox_ids)
    return dict(claimed.values("inbox_id").annotate(n=Count("id")).values_list("inbox_id", "n"))


def latest_bands(inbox_ids: Collection[int], now: datetime) -> dict[int, tuple[str, datetime]]:
    """Give each inbox's last health reading of the last 28 days: its band and when it was taken."""
    statement = _LAST_READINGS.format(inboxes=marks(inbox_ids))
    found = HealthReading.objects.raw(statement, [*inbox_ids, at(now - EVIDENCE_WINDOW)])
    return {row.inbox_id: (row.band, row.at) for row in found}
