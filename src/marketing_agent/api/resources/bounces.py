"""/api/bounces: delivery failures, each tied to the letter that caused it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AliasPath, BaseModel, Field

from marketing_agent.api.lookups import inbox_filter
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Moment, Shown, Text
from marketing_agent.engine.values import BounceType
from marketing_agent.outbox.models import Bounce
from marketing_agent.workers import clock

router = Router(tags=["Bounces"])

RECENT = timedelta(days=7)


class BounceRow(Shown):
    """One delivery failure and what followed from it."""

    type: BounceType
    status: str = Field(description="Enhanced status code (RFC 3463), such as 5.1.1.")
    code: int | None = Field(description="SMTP reply code, where a server said it to us.")
    diagnostic: str
    reason: str
    address: str = Field(validation_alias="address_key")
    inbox: str = Field(validation_alias=AliasPath("inbox", "address"))
    email: str = Field(validation_alias=AliasPath("email", "public_id"))
    subject: str = Field(validation_alias=AliasPath("email", "subject"))
    consequence: str
    letter_sent_at: datetime | None
    at: datetime


class BounceList(Listing):
    """Bounces, newest first."""

    bounces: list[BounceRow]


class BounceFilter(BaseModel):
    """Which bounces to list."""

    inbox: Text | None = Field(default=None, examples=["inbox1@example.com"])
    type: BounceType | None = None
    since: Moment | None = None
    until: Moment | None = None


@router.get("/recent", response=BounceList)
def list_recent(request: HttpRequest, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """List the bounces of the last seven days, newest first."""
    recent = Bounce.objects.filter(at__gte=clock.now() - RECENT)
    return _listed(recent, limit, cursor, "desc")


@router.get("", response=BounceList)
def list_bounces(
    request: HttpRequest,
    filters: Annotated[BounceFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List bounces, newest first."""
    rows = Bounce.objects.filter(
        **given(
            type=filters.type,
            at__gte=filters.since,
            at__lt=filters.until,
            inbox=inbox_filter(filters.inbox) if filters.inbox else None,
        )
    )
    return _listed(rows, limit, cursor, order)


def _listed(rows: QuerySet[Bounce], limit: int, cursor: str | None, order: Order) -> dict[str, Any]:
    rows = rows.select_related("inbox", "email")
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("bounces", BounceRow.each(found.rows))
