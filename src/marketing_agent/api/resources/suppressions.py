"""/api/suppressions: whom we must not write to, and on what evidence."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Input, Limit, Listing, Shown, Text
from marketing_agent.api.uploads import BODY, received
from marketing_agent.campaigns import lifting
from marketing_agent.engine.values import SuppressionCause
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.suppression_lists import import_suppressions
from marketing_agent.prospects.actions.suppressions import scope_of
from marketing_agent.prospects.models import Suppression
from marketing_agent.workers import clock

router = Router(tags=["Suppressions"])


class SuppressionRow(Shown):
    """An address or domain we must not write to; lifted ones stay as history."""

    scope: Literal["address", "domain"]
    key: str
    cause: SuppressionCause
    evidence: str
    created_by: str
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    lift_reason: str


class SuppressionList(Listing):
    """Suppressions, newest first."""

    suppressions: list[SuppressionRow]


class SuppressionFilter(BaseModel):
    """Which suppressions to list."""

    scope: Literal["address", "domain"] | None = None
    cause: SuppressionCause | None = None
    key: Text | None = Field(default=None, description="Exactly this address or domain.")
    state: Literal["in_force", "lifted", "all"] = "in_force"


class NewSuppression(Input):
    """An address, or a domain with its subdomains, never to be written to again."""

    key: Annotated[Text, Field(max_length=320, examples=["someone@example.com", "example.org"])]
    cause: SuppressionCause = SuppressionCause.MANUAL
    evidence: str = Field(default="", max_length=1000)


class RefusedEntry(Shown):
    """A line that is neither an address nor a domain."""

    line: int
    reason: str


class SuppressionImport(Shown):
    """What came of a list: read = added + already_there + refused."""

    read: int
    added: int
    already_there: int
    refused: list[RefusedEntry]


class Lift(Input):
    """Why writing is allowed again."""

    key: Annotated[Text, Field(max_length=320)]
    reason: Text


@router.get("", response=SuppressionList)
def list_suppressions(
    request: HttpRequest,
    filters: Annotated[SuppressionFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List suppressions, newest first; those in force unless asked otherwise."""
    lifted: dict[str, dict[str, Any]] = {
        "in_force": {"lifted_at": None},
        "lifted": {"lifted_at__isnull": False},
        "all": {},
    }
    wanted = given(scope=filters.scope, cause=filters.cause, key=filters.key)
    rows = Suppression.objects.filter(**lifted[filters.state], **wanted)
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("suppressions", SuppressionRow.each(found.rows))


@router.post("", response=SuppressionRow)
def add(request: HttpRequest, body: NewSuppression) -> SuppressionRow:
    """Suppress an address or domain: sequences end, waiting letters are cancelled, at once."""
    row = suppress(
        scope_of(body.key), body.key, body.cause, body.evidence, actor_of(request), clock.now()
    )
    return SuppressionRow.of(row)


@router.post("/import", response=SuppressionImport, openapi_extra={"requestBody": BODY})
def import_list(request: HttpRequest) -> SuppressionImport:
    """Suppress every address and domain of a file: one a line, or a CSV file; again, only the new."""
    with received(request, "suppress import FILE") as file:
        result = import_suppressions(file, actor_of(request), clock.now())
    return SuppressionImport.model_validate(result.as_dict())


@router.post("/lift", response=SuppressionRow)
def lift(request: HttpRequest, body: Lift) -> SuppressionRow:
    """Allow an address or domain again; its prospects go back, and their sequences go on."""
    return SuppressionRow.of(lifting.lift(body.key, body.reason, actor_of(request), clock.now()))
