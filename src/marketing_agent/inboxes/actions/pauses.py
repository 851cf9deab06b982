"""Pausing inboxes and letting them go on: records with who, when, why and until."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.inboxes.models import Inbox, Pause


@transaction.atomic
def pause(  # noqa: PLR0913  a record's facts: what, why, until when, by whom
    inbox_id: int,
    *,
    cause: str,
    reason: str,
    until: datetime | None,
    by: Actor,
    now: datetime,
    provider: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> Pause:
    """Stop an inbox from sending, to one recipient provider or (empty) to everybody.

    Args:
        inbox_id: which inbox.
        cause: health, manual, account or block.
        reason: a sentence for the operator.
        until: when it ends by itself, UTC; None: until somebody resumes it.
        by: who pauses.
        now: UTC.
        provider: google, microsoft, yahoo or a domain; empty for all.
        evidence: what it stands on.

    A pause by hand over one by hand changes nothing and gives the one in force.
    """
    if cause == "manual":
        known = _in_force(inbox_id, provider, now).filter(cause="manual").first()
        if known is not None:
            return known
    row = Pause.objects.create(
        inbox_id=inbox_id,
        provider=provider,
        cause=cause,
        reason=reason[:1000],
        evidence=dict(evidence or {}),
        started_by=by.name[:200],
        started_at=now,
        until=until,
    )
    _audit(by, "inbox.pause", row, now)
    return row


def resume(inbox_id: int, by: Actor, now: datetime, *, provider: str = "") -> int:
    """End the pauses in force of an inbox (of one provider, if named); gives how many."""
    return end_pauses(_in_force(inbox_id, provider, now), by, now)


@transaction.atomic
def end_pauses(pauses: QuerySet[Pause], by: Actor, now: datetime) -> int:
    """End pauses now; gives how many were still open."""
    ended = 0
    for row in list(pauses):
        if Pause.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_by=by.name):
            _audit(by, "inbox.resume", row, now)
            ended += 1
    return ended


def _in_force(inbox_id: int, provider: str, now: datetime) -> QuerySet[Pause]:
    found: QuerySet[Pause] = Pause.objects.active(now).filter(inbox_id=inbox_id, provider=provider)
    return found


def _audit(by: Actor, action: str, row: Pause, now: datetime) -> None:
    address = Inbox.objects.values_list("address", flat=True).get(pk=row.inbox_id)
    facts = {
        "cause": row.cause,
        "provider": row.provider,
        "until": row.until.isoformat() if row.until else None,
    }
    audit(by, action, address, after=facts, reason=row.reason, now=now)
