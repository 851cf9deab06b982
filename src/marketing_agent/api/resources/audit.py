"""/api/audit: who changed what."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Moment, Shown, Text

router = Router(tags=["Audit"])


class Entry(Shown):
    """One change: by whom, from where, before and after."""

    at: datetime
    actor: str
    origin: str
    action: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    request_id: str


class EntryList(Listing):
    """Changes, newest first."""

    entries: list[Entry]


class AuditFilter(BaseModel):
    """Which changes to list."""

    actor: Text | None = None
    action: Text | None = None
    subject: Text | None = None
    since: Moment | None = None
    until: Moment | None = None


@router.get("", response=EntryList)
def list_entries(
    request: HttpRequest,
    filters: Annotated[AuditFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List changes that persons and jobs made, newest first."""
    rows = AuditEntry.objects.filter(
        **given(
            actor=filters.actor,
            action=filters.action,
            subject=filters.subject,
            at__gte=filters.since,
            at__lt=filters.until,
        )
    )
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("entries", Entry.each(found.rows))
