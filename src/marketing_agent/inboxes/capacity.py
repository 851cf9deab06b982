"""What each inbox may do today: its limit and what bounds it, what left already, what is due now.

Everything is derived from records (attempts, pauses, readings) each time; no counter can drift. The
number of queries does not depend on the number of inboxes, nor the cost on the size of the tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketing_agent.engine.health import Band, probation_limit
from marketing_agent.engine.pacing import due_by, is_open, local_day, next_opening
from marketing_agent.engine.warmup import Limit, effective_limit, half, warmup_limit, warmup_week
from marketing_agent.inboxes.details import window_of
from marketing_agent.inboxes.health import clean_since_rest
from marketing_agent.inboxes.models import Inbox, Pause
from marketing_agent.inboxes.rests import Rests, rests
from marketing_agent.inboxes.usage import NOTHING, Usage, latest_bands, usage_today
from marketing_agent.inboxes.weeks import send_histories


@dataclass(frozen=True, slots=True)
class InboxDay:
    """An inbox's day as it stands at one moment.

    Attributes:
        inbox_id: which inbox.
        limit: letters for the whole day, and the bound that made it so.
        week: warm-up week, 0 before the start date; None when the inbox is mature.
        sent_today: letters whose DATA began on the inbox's local day, whatever came of them.
        reserved: letters that a worker has claimed and not yet brought to DATA.
        remaining: letters that may still leave today; 0 while paused.
        due_now: how many of these the day's spread and the minimum gap allow at this moment.
        open: whether the window is open.
        opens_at: when it opens (now, while it is open), UTC.
        resets_at: when the local day ends and the count begins anew, UTC.
        warm_only: whether health or probation allow letters to warm leads only.
        pause: the pause of the whole inbox in force.
        provider_pauses: pauses in force by recipient provider.
        halved: whether health halves the limit.
        probation: letters a day on probation, None when not on it.
        gap: the least time between two letters.
        last_data_at: when DATA last began today.
    """

    inbox_id: int
    limit: Limit
    week: int | None
    sent_today: int
    reserved: int
    remaining: int
    due_now: int
    open: bool
    opens_at: datetime
    resets_at: datetime
    warm_only: bool
    pause: Pause | None
    provider_pauses: dict[str, Pause]
    halved: bool
    probation: int | None
    gap: timedelta
    last_data_at: datetime | None


@dataclass(slots=True)
class _Records:
    """What the store knows of some inboxes, read with one query a kind."""

    weeks: dict[int, int]
    rests: dict[int, Rests]
    usage: dict[int, Usage]
    bands: dict[int, tuple[str, datetime]]
    clean: dict[int, bool] = field(default_factory=dict)


def days(inboxes: Iterable[Inbox], now: datetime, *, reserved: bool = True) -> dict[int, InboxDay]:
    """Give the day of each inbox at `now`.

    The door asks with `reserved` False: the letters that stand there are themselves the claimed ones.
    """
    chosen = list(inboxes)
    if not chosen:
        return {}
    records = _read(chosen, now, reserved=reserved)
    return {inbox.pk: _day(inbox, records, now) for inbox in chosen}


def _read(inboxes: list[Inbox], now: datetime, *, reserved: bool) -> _Records:
    ids = [inbox.pk for inbox in inboxes]
    known = rests(ids, now)
    used = usage_today(inboxes, now, reserved=reserved)
    records = _Records(_weeks(inboxes, now), known, used, latest_bands(ids, now))
    records.clean = clean_since_rest(_on_probation(known, now), now)
    return records


def _weeks(inboxes: list[Inbox], now: datetime) -> dict[int, int]:
    warming = [inbox for inbox in inboxes if inbox.warmup_enabled]
    histories = send_histories(warming, now)
    return {
        inbox.pk: warmup_week(
            inbox.warmup_start_date,
            local_day(inbox.zone, now)[0],
            histories[inbox.pk].weeks_with_sends,
            histories[inbox.pk].idle_days,
        )
        for inbox in warming
    }


def _on_probation(known: Mapping[int, Rests], now: datetime) -> dict[int, datetime]:
    """Give the inboxes that could still be on probation, with the end of their pause."""
    ended = {each: rest.health_ended for each, rest in known.items()}
    return {each: moment for each, moment in ended.items() if moment is not None and moment <= now}


def _probation(inbox_id: int, records: _Records, now: datetime) -> int | None:
    ended = records.rests[inbox_id].health_ended
    return None if ended is None else probation_limit(ended, now, records.clean[inbox_id])


def _is_halved(inbox_id: int, records: _Records) -> bool:
    """Say whether the last reading halves the limit; one from before a served pause says nothing."""
    band, at = records.bands.get(inbox_id, ("", None))
    ended = records.rests[inbox_id].health_ended
    stale = at is None or (ended is not None and at <= ended)
    return not stale and band in {Band.FAIR, Band.POOR}


def _limit(inbox: Inbox, records: _Records, *, probation: int | None, halved: bool) -> Limit:
    week = records.weeks.get(inbox.pk)
    warmup = None if week is None else warmup_limit(week)
    most = inbox.daily_limit if warmup is None else min(warmup, inbox.daily_limit)
    return effective_limit(
        warmup=warmup,
        daily_limit=inbox.daily_limit,
        health_cap=half(most) if halved else None,
        probation=probation,
        halved=records.rests[inbox.pk].halved_until is not None,
    )


def _day(inbox: Inbox, records: _Records, now: datetime) -> InboxDay:
    window, rest = window_of(inbox), records.rests[inbox.pk]
    probation, halved = _probation(inbox.pk, records, now), _is_halved(inbox.pk, records)
    limit = _limit(inbox, records, probation=probation, halved=halved)
    used = records.usage.get(inbox.pk, NOTHING)
    remaining = 0 if rest.pause else max(0, limit.value - used.sent - used.reserved)
    return InboxDay(
        inbox_id=inbox.pk,
        limit=limit,
        week=records.weeks.get(inbox.pk),
        sent_today=used.sent,
        reserved=used.reserved,
        remaining=remaining,
        due_now=min(remaining, _due(inbox, limit.value, used, now)),
        open=is_open(window, now),
        opens_at=next_opening(window, now),
        resets_at=local_day(inbox.zone, now)[2],
        warm_only=halved or probation is not None,
        pause=rest.pause,
        provider_pauses=rest.provider_pauses,
        halved=halved,
        probation=probation,
        gap=timedelta(seconds=inbox.minimum_gap_s),
        last_data_at=used.last_data_at,
    )


def _due(inbox: Inbox, quota: int, used: Usage, now: datetime) -> int:
    """Count the letters due by the day's spread; with a minimum gap one at a time, once it is over."""
    window, gap = window_of(inbox), timedelta(seconds=inbox.minimum_gap_s)
    if not is_open(window, now):
        return 0
    due = due_by(window, now, quota, inbox.address_key, gap) - used.sent - used.reserved
    if not gap:
        return max(0, due)
    waited = used.last_data_at is None or now - used.last_data_at >= gap
    return 1 if due > 0 and waited and not used.reserved else 0
