"""Pauses as the records tell them: in force, served, and the week that follows repeated blocks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketing_agent.engine.retry import HALVED_FOR
from marketing_agent.inboxes.models import Pause
from marketing_agent.store.sql import at, marks

LOOK_BACK = timedelta(days=90)
"""Older pauses have no effect: their evidence has left the window and probation is over."""

_IN_FORCE_OR_STILL_FELT = """
    SELECT * FROM inboxes_pause WHERE inbox_id IN ({inboxes}) AND started_at <= %s AND (
        (ended_at IS NULL AND (until IS NULL OR until > %s))
        OR (cause IN ('health', 'block') AND started_at > %s)
    ) ORDER BY id
"""


@dataclass(slots=True)
class Rests:
    """What an inbox's pauses mean at a moment.

    Attributes:
        pause: the pause of the whole inbox in force, the one that lasts longest.
        provider_pauses: pauses in force by recipient provider.
        health_ended: when the last served health pause ended; later verdicts count later letters.
        halved_until: end of the half limit after repeated blocks.
    """

    pause: Pause | None = None
    provider_pauses: dict[str, Pause] = field(default_factory=dict)
    health_ended: datetime | None = None
    halved_until: datetime | None = None


def rests(inbox_ids: Collection[int], now: datetime) -> dict[int, Rests]:
    """Read the pauses of some inboxes with one query."""
    found = {inbox_id: Rests() for inbox_id in inbox_ids}
    for row in _rows(inbox_ids, now):
        _apply(found[row.inbox_id], row, now)
    return found


def end_of(row: Pause) -> datetime | None:
    """Give the moment a pause ended or will end; None: when somebody resumes it."""
    return row.ended_at or row.until


def _rows(inbox_ids: Collection[int], now: datetime) -> Iterable[Pause]:
    statement = _IN_FORCE_OR_STILL_FELT.format(inboxes=marks(inbox_ids))
    return Pause.objects.raw(statement, [*inbox_ids, at(now), at(now), at(now - LOOK_BACK)])


def _apply(rest: Rests, row: Pause, now: datetime) -> None:
    end = end_of(row)
    if end is None or end > now:
        _in_force(rest, row)
    elif row.cause == "health":
        rest.health_ended = max(rest.health_ended or end, end)
    elif row.evidence.get("halve_after") and end + HALVED_FOR > now:
        rest.halved_until = max(rest.halved_until or end, end + HALVED_FOR)


def _in_force(rest: Rests, row: Pause) -> None:
    if row.provider:
        rest.provider_pauses[row.provider] = _longer(rest.provider_pauses.get(row.provider), row)
    else:
        rest.pause = _longer(rest.pause, row)


def _longer(known: Pause | None, row: Pause) -> Pause:
    if known is None:
        return row
    until, other = end_of(known), end_of(row)
    return known if until is None or (other is not None and until >= other) else row
