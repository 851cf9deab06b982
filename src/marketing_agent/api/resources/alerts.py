"""/api/alerts: what a person should look at."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from marketing_agent.api.callers import actor_of
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Shown
from marketing_agent.operations.actions import dismiss_alert
from marketing_agent.operations.models import Alert
from marketing_agent.workers import clock

router = Router(tags=["Alerts"])


class AlertRow(Shown):
    """Something that needs a person, with the evidence and what to do about it."""

    key: str
    severity: str
    summary: str
    proposal: str
    evidence: dict[str, Any]
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None


class AlertList(Listing):
    """Alerts, newest first."""

    alerts: list[AlertRow]


@router.get("", response=AlertList)
def list_alerts(
    request: HttpRequest,
    state: Literal["open", "closed", "all"] = "open",
    severity: Literal["warning", "critical"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List alerts, newest first; the open ones unless asked otherwise."""
    wanted: dict[str, dict[str, Any]] = {
        "open": {"closed_at": None},
        "closed": {"closed_at__isnull": False},
        "all": {},
    }
    rows = Alert.objects.filter(**wanted[state], **given(severity=severity))
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("alerts", AlertRow.each(found.rows))


@router.post("/{alert_key}/close", response=AlertRow)
def close_alert(request: HttpRequest, alert_key: str) -> AlertRow:
    """Close an open alert that was looked at; it opens again when it is so again."""
    dismiss_alert(alert_key, actor_of(request), clock.now())
    return AlertRow.of(Alert.objects.filter(key=alert_key).latest("pk"))
