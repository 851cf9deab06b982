"""Inboxes' health as their letters of the last 28 days tell it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from marketing_agent.engine.health import EVIDENCE_WINDOW, Evidence, Health, Verdict, assess
from marketing_agent.engine.thresholds import threshold
from marketing_agent.inboxes.evidence import gather
from marketing_agent.inboxes.models import HealthReading, Inbox
from marketing_agent.inboxes.rests import Rests, rests

FORGIVEN_BOUNCES = 1
"""One bounce among few letters is no sign of anything; a rate needs more than one."""


def evidence(inbox_id: int, now: datetime) -> Evidence:
    """Count what the inbox's next verdict stands on."""
    return evidences([inbox_id], now)[inbox_id]


def evidences(inbox_ids: Collection[int], now: datetime) -> dict[int, Evidence]:
    """Count for several inboxes at once: since the last served health pause, 28 days at most."""
    return gather(_inboxes(inbox_ids), _since(rests(inbox_ids, now), now), now)


def assess_inbox(inbox_id: int, now: datetime) -> Health:
    """Score one inbox."""
    return assess(evidence(inbox_id, now))


def current(inbox_ids: Collection[int], now: datetime) -> dict[int, Health]:
    """Score several inboxes with a handful of queries."""
    return {each: assess(found) for each, found in evidences(inbox_ids, now).items()}


def trend(inbox_ids: Collection[int], now: datetime) -> dict[int, list[HealthReading]]:
    """Give the readings of the last 28 days, oldest first."""
    found: dict[int, list[HealthReading]] = {inbox_id: [] for inbox_id in inbox_ids}
    rows = HealthReading.objects.filter(inbox_id__in=inbox_ids, at__gt=now - EVIDENCE_WINDOW)
    for row in rows.order_by("day"):
        found[row.inbox_id].append(row)
    return found


def clean_since_rest(since: Mapping[int, datetime], now: datetime) -> dict[int, bool]:
    """Say whether nothing speaks against inboxes since the health pause that each has served."""
    if not since:
        return {}
    floor = now - EVIDENCE_WINDOW
    moments = {each: max(floor, moment) for each, moment in since.items()}
    found = gather(_inboxes(list(since)), moments, now)
    return {each: _is_clean(facts) for each, facts in found.items()}


def _is_clean(facts: Evidence) -> bool:
    few = facts.bounces <= FORGIVEN_BOUNCES
    fine = few or facts.bounces <= facts.sent * threshold("bounce_rate").warning
    return fine and not facts.complaints and assess(facts).verdict is not Verdict.PAUSE


def _since(known: Mapping[int, Rests], now: datetime) -> dict[int, datetime]:
    floor = now - EVIDENCE_WINDOW
    return {each: max(floor, rest.health_ended or floor) for each, rest in known.items()}


def _inboxes(inbox_ids: Collection[int]) -> list[Inbox]:
    return list(Inbox.objects.filter(pk__in=inbox_ids).order_by("id"))
