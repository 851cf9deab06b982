"""/api/inboxes/health and /api/inboxes/imap-status: how sending and reading fare, by inbox."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from marketing_agent.api.inbox_shapes import (
    FolderRow,
    HealthFactor,
    ImapList,
    ImapRow,
    InboxHealth,
    InboxHealthList,
    TrendPoint,
)
from marketing_agent.api.paging import whole
from marketing_agent.engine.health import Health
from marketing_agent.inboxes.health import current, trend
from marketing_agent.inboxes.models import HealthReading, ImapStatus, Inbox
from marketing_agent.workers import clock

router = Router(tags=["Inboxes"])


@router.get("/health", response=InboxHealthList)
def inbox_health(request: HttpRequest) -> dict[str, Any]:
    """Give each inbox's health: score, band, factors, and the trend day by day."""
    inboxes = list(Inbox.objects.order_by("pk"))
    healths = current([each.pk for each in inboxes], clock.now())
    days = trend([each.pk for each in inboxes], clock.now())
    rows = [_health(each, healths[each.pk], days[each.pk]) for each in inboxes]
    return whole("inboxes", rows)


@router.get("/imap-status", response=ImapList)
def imap_status(request: HttpRequest) -> dict[str, Any]:
    """Say for each inbox whether it can be read, how far it was, and what went wrong last."""
    now = clock.now()
    inboxes = Inbox.objects.select_related("imap_status").prefetch_related("folders")
    return whole("inboxes", [_reading(each, now) for each in inboxes.order_by("pk")])


def _health(inbox: Inbox, health: Health, days: list[HealthReading]) -> InboxHealth:
    return InboxHealth(
        address=inbox.address,
        score=health.score,
        band=health.band,
        factors=HealthFactor.each(health.factors),
        verdict=str(health.verdict),
        reason=health.reason,
        trend=TrendPoint.each(days),
    )


def _reading(inbox: Inbox, now: datetime) -> ImapRow:
    status = getattr(inbox, "imap_status", None) or ImapStatus()
    folders = sorted(inbox.folders.all(), key=lambda each: (each.role != "inbox", each.name))
    main = folders[0] if folders else None
    read_at = status.last_success_at
    return ImapRow(
        address=inbox.address,
        connected=status.connected,
        last_poll=status.last_poll_at,
        last_success=read_at,
        lag_s=(now - read_at).total_seconds() if read_at else None,
        last_uid=main.last_uid if main else None,
        uidvalidity=main.uidvalidity if main else None,
        last_error=status.last_error,
        failures=status.failures,
        retry_at=status.retry_at,
        folders=FolderRow.each(folders),
    )
