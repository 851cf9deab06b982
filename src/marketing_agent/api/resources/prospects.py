"""/api/prospects: whom we may write to, each with its whole history."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from marketing_agent.api.callers import actor_of
from marketing_agent.api.lookups import by_public_id, inbox_filter
from marketing_agent.api.paging import Order, page
from marketing_agent.api.parameters import Cursor, Limit
from marketing_agent.api.prospect_shapes import (
    Archiving,
    EnrollmentRow,
    History,
    ItemLine,
    LetterLine,
    NewProspect,
    ProspectChanges,
    ProspectDetail,
    ProspectFields,
    ProspectFilter,
    ProspectList,
    ProspectRow,
    StageMove,
    SuppressedBy,
)
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Email
from marketing_agent.prospects import actions
from marketing_agent.prospects.actions import create as enter
from marketing_agent.prospects.finding import Wanted, matching
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among
from marketing_agent.settings import settings
from marketing_agent.workers import clock

router = Router(tags=["Prospects"])

_HISTORY = 50
_INPUT_NAMES = {"address": "email"}


@router.get("", response=ProspectList)
def list_prospects(
    request: HttpRequest,
    filters: Annotated[ProspectFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "asc",
) -> dict[str, Any]:
    """List prospects in the order in which they came."""
    found = page(_filtered(filters), limit=limit, cursor=cursor, order=order)
    return found.answer("prospects", ProspectRow.each(found.rows))


@router.post("", response={201: ProspectDetail})
def create_prospect(request: HttpRequest, body: NewProspect) -> ProspectDetail:
    """Enter one prospect by the rules of the import."""
    row = enter(
        _values(body),
        actor_of(request),
        clock.now(),
        extra=body.extra,
        allow_test_domains=settings().sandbox,
    )
    return _detail(row.public_id)


@router.get("/{prospect_id}", response=ProspectDetail)
def get_prospect(request: HttpRequest, prospect_id: str) -> ProspectDetail:
    """Give one prospect with its campaigns, suppression and history."""
    return _detail(prospect_id)


@router.patch("/{prospect_id}", response=ProspectDetail)
def edit_prospect(request: HttpRequest, prospect_id: str, body: ProspectChanges) -> ProspectDetail:
    """Change fields; a new address is verified again before anything is sent to it."""
    actions.edit(
        _found(prospect_id).pk,
        _values(body),
        actor_of(request),
        clock.now(),
        allow_test_domains=settings().sandbox,
    )
    return _detail(prospect_id)


@router.post("/{prospect_id}/archive", response=ProspectDetail)
def archive_prospect(
    request: HttpRequest, prospect_id: str, body: Archiving | None = None
) -> ProspectDetail:
    """Put a prospect away: nobody writes to it any more; its history stays."""
    reason = body.reason if body else ""
    actions.archive(_found(prospect_id).pk, actor_of(request), clock.now(), reason)
    return _detail(prospect_id)


@router.post("/{prospect_id}/skip-enrichment", response=ProspectDetail)
def skip_enrichment(request: HttpRequest, prospect_id: str) -> ProspectDetail:
    """Leave a prospect out of enrichment, in whatever stage it is; DELETE undoes it."""
    actions.skip_enrichment(_found(prospect_id).pk, actor_of(request), clock.now())
    return _detail(prospect_id)


@router.delete("/{prospect_id}/skip-enrichment", response=ProspectDetail)
def unskip_enrichment(request: HttpRequest, prospect_id: str) -> ProspectDetail:
    """Let a prospect take part in enrichment again."""
    actions.unskip_enrichment(_found(prospect_id).pk, actor_of(request), clock.now())
    return _detail(prospect_id)


def _filtered(filters: ProspectFilter) -> QuerySet[Prospect]:
    rows = matching(Wanted(filters.stage, filters.tier, filters.has_website, filters.q or ""))
    if filters.inbox is not None:
        mine = Enrollment.objects.filter(inbox=inbox_filter(filters.inbox))
        rows = rows.filter(pk__in=mine.values("prospect_id"))
    return rows


def _values(body: ProspectFields) -> dict[str, str]:
    sent = body.model_dump(exclude_unset=True, exclude={"extra"})
    return {_INPUT_NAMES.get(name, name): _cell(value) for name, value in sent.items()}


def _cell(value: Any) -> str:  # noqa: ANN401  whatever a field may hold
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _found(prospect_id: str) -> Prospect:
    return by_public_id(Prospect.objects.all(), prospect_id, "prospect")


def _detail(prospect_id: str) -> ProspectDetail:
    row = _found(prospect_id)
    banned = suppressed_among([row.address_key]) if row.address_key else {}
    suppression = banned.get(row.address_key)
    return ProspectDetail(
        **ProspectRow.of(row).model_dump(),
        extra={name: str(value) for name, value in row.extra.items()},
        campaigns=EnrollmentRow.each(row.enrollments.select_related("campaign", "inbox")),
        suppression=SuppressedBy.of(suppression) if suppression else None,
        history=_history(row),
    )


def _history(row: Prospect) -> History:
    letters = Email.objects.filter(prospect=row).order_by("-pk")[:_HISTORY]
    items = InboxItem.objects.filter(prospect=row).order_by("-pk")[:_HISTORY]
    return History(
        stages=StageMove.each(row.stage_changes.order_by("-pk")[:_HISTORY]),
        emails=LetterLine.each(letters),
        inbox=ItemLine.each(items),
    )
