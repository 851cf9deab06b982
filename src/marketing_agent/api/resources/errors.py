"""/api/errors: what went wrong, equal errors counted together."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Moment, Shown, Text
from marketing_agent.operations.models import ErrorGroup

router = Router(tags=["Errors"])


class ErrorRow(Shown):
    """Equal errors: what, how often, since when, and to what it happened last."""

    type: str
    message: str
    count: int
    first_seen: datetime
    last_seen: datetime
    subject: str = Field(description="What it happened to last: an id or an address.")
    origin: str = Field(description="Job name or request id of the last time.")
    sample: str


class ErrorList(Listing):
    """Errors, the latest first."""

    errors: list[ErrorRow]


class ErrorFilter(BaseModel):
    """Which errors to list."""

    type: Text | None = Field(default=None, examples=["reply_processing"])
    since: Moment | None = Field(default=None, description="Last seen at or after this moment.")


@router.get("", response=ErrorList)
def list_errors(
    request: HttpRequest,
    filters: Annotated[ErrorFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List errors by the time they were last seen, the latest first."""
    rows = ErrorGroup.objects.filter(**given(type=filters.type, last_seen__gte=filters.since))
    found = page(rows, limit=limit, cursor=cursor, order=order, by="last_seen")
    return found.answer("errors", ErrorRow.each(found.rows))
