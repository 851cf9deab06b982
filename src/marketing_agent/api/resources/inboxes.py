"""/api/inboxes: our own sending accounts, what they may do today, and how they fare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from marketing_agent.api.callers import actor_of
from marketing_agent.api.inbox_shapes import (
    HealthFigure,
    InboxChange,
    InboxList,
    InboxRow,
    InboxSettings,
    NamedInbox,
    NewInbox,
    PauseOrder,
    PauseRow,
    Trial,
)
from marketing_agent.api.paging import Order, page
from marketing_agent.api.parameters import Cursor, Limit
from marketing_agent.api.problems import unprocessable
from marketing_agent.engine.health import Health
from marketing_agent.inboxes.actions import add_inbox, pause, resume, update_inbox
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.connection import test_inbox
from marketing_agent.inboxes.details import shown
from marketing_agent.inboxes.health import current
from marketing_agent.inboxes.lookup import get_inbox
from marketing_agent.inboxes.models import Inbox
from marketing_agent.workers import clock

router = Router(tags=["Inboxes"])


@router.get("", response=InboxList)
def list_inboxes(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = None, order: Order = "asc"
) -> dict[str, Any]:
    """List inboxes with status, pause, health, today's letters, and what bounds them."""
    found = page(Inbox.objects.all(), limit=limit, cursor=cursor, order=order)
    return found.answer("inboxes", _rows(found.rows, clock.now()))


@router.post("", response={200: InboxRow, 201: InboxRow})
def add(request: HttpRequest, body: NewInbox) -> Status[InboxRow]:
    """Add an inbox; the same again is 200, the same address with other settings 409."""
    now = clock.now()
    inbox, is_new = add_inbox(body.email, by=actor_of(request), now=now, **_settings(body))
    return Status(201 if is_new else 200, _rows([inbox], now)[0])


@router.post("/update", response=InboxRow)
def update(request: HttpRequest, body: InboxChange) -> InboxRow:
    """Change an inbox's settings; values that it has already are no error."""
    now = clock.now()
    return _rows([update_inbox(body.inbox, _settings(body), actor_of(request), now)], now)[0]


@router.post("/test", response=Trial)
def test(request: HttpRequest, body: NamedInbox) -> Trial:
    """Log in over SMTP and IMAP without sending; 200 with a verdict for each protocol."""
    return Trial.of(test_inbox(body.inbox))


@router.post("/pause", response=InboxRow)
def pause_inbox(request: HttpRequest, body: PauseOrder) -> InboxRow:
    """Let an inbox send nothing until a moment, or until somebody resumes it."""
    now, inbox = clock.now(), get_inbox(body.inbox)
    if body.until is not None and body.until <= now:
        raise unprocessable("until", "The pause would end in the past; give a later moment.")
    pause(
        inbox.pk,
        cause="manual",
        reason=body.reason,
        until=body.until,
        by=actor_of(request),
        now=now,
    )
    return _rows([inbox], now)[0]


@router.post("/resume", response=InboxRow)
def resume_inbox(request: HttpRequest, body: NamedInbox) -> InboxRow:
    """End an inbox's pause; one that is not paused stays as it is."""
    now, inbox = clock.now(), get_inbox(body.inbox)
    resume(inbox.pk, actor_of(request), now)
    return _rows([inbox], now)[0]


def _settings(body: InboxSettings) -> dict[str, Any]:
    sent = body.model_dump(exclude_unset=True, exclude={"email", "inbox"})
    return {name: value for name, value in sent.items() if value is not None}


def _rows(inboxes: Sequence[Inbox], now: datetime) -> list[InboxRow]:
    today, healths = days(inboxes, now), current([each.pk for each in inboxes], now)
    return [_row(each, today[each.pk], healths.get(each.pk)) for each in inboxes]


def _row(inbox: Inbox, day: InboxDay, health: Health | None) -> InboxRow:
    return InboxRow(
        address=inbox.address,
        display_name=inbox.display_name,
        status=_status(day),
        pause=PauseRow.of(day.pause) if day.pause else None,
        provider_pauses=PauseRow.each(day.provider_pauses.values()),
        health=HealthFigure.of(health) if health else HealthFigure(score=None, band="unknown"),
        sent_today=day.sent_today,
        daily_limit=inbox.daily_limit,
        effective_limit=day.limit.value,
        bound_by=str(day.limit.bound),
        remaining_today=day.remaining,
        warm_leads_only=day.warm_only,
        warmup_enabled=inbox.warmup_enabled,
        warmup_start_date=inbox.warmup_start_date,
        warmup_week=day.week,
        window_open=day.open,
        opens_at=day.opens_at,
        settings=shown(inbox),
        secret_name=inbox.secret_name,
        created_at=inbox.created_at,
        updated_at=inbox.updated_at,
    )


def _status(day: InboxDay) -> Any:  # noqa: ANN401  one of the words of InboxRow.status
    if day.pause is not None:
        return "paused"
    if not day.open:
        return "outside_window"
    return "active" if day.remaining > 0 else "limit_reached"
