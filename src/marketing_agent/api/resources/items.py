"""/api/inbox: what came back, how far it was read, and what it was taken for."""

from datetime import datetime
from typing import Annotated, Any, Self

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AliasPath, BaseModel, Field, model_validator

from marketing_agent.api.callers import actor_of, request_id_of
from marketing_agent.api.lookups import by_public_id, inbox_filter, prospect_filter
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import (
    BlankIsNone,
    Cursor,
    Day,
    Input,
    Limit,
    Listing,
    Moment,
    Shown,
    Text,
)
from marketing_agent.engine.values import Intent, ItemKind, ItemState, NoticeState, OpinionState
from marketing_agent.inbound.actions import classify
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.steps import process_new, reprocess
from marketing_agent.workers import clock

router = Router(tags=["Inbound mail"])

PORTION = 500
"""Mails worked through within one request; the worker takes the rest within half a minute."""


class OpinionRow(Shown):
    """The second opinion on a doubtful reply: who was asked, what they said, what came of it."""

    state: OpinionState
    finding: str = Field(description="Why it stands where it stands.")
    provider: str
    model: str
    heard: str = Field(description="What the model says they want; `negative` is any refusal.")
    confidence: float | None
    reason: str
    until: Day | None
    contact_name: str
    contact_address: str
    suggestion: str = Field(description="A suggested answer; a person decides about it.")
    cost: int | None = Field(description="Millionths of a dollar; null: nobody knows.")
    tries: int
    opened_at: datetime
    settled_at: datetime | None


class NoticeRow(Shown):
    """The word of a reply to the salesperson: whether they were told, and what stood in the way."""

    state: NoticeState
    told_at: datetime | None
    problem: str


class ItemRow(Shown):
    """One inbound mail: what it is, whose it is, and what came of it."""

    id: str = Field(validation_alias="public_id")
    inbox: str = Field(validation_alias=AliasPath("inbox", "address"))
    folder: str
    state: ItemState
    reason: str
    kind: Annotated[ItemKind | None, BlankIsNone]
    from_address: str
    from_name: str
    subject: str
    date: datetime | None
    fetched_at: datetime
    processed_at: datetime | None
    email: str | None = Field(default=None, validation_alias=AliasPath("email", "public_id"))
    prospect: str | None = Field(default=None, validation_alias=AliasPath("prospect", "public_id"))
    match: str
    match_evidence: str
    intent: Annotated[Intent | None, BlankIsNone]
    intent_confidence: float | None
    intent_by: str
    intent_evidence: str
    until: Day | None = Field(description="When they are back, or want to be asked again.")
    contact_name: str = Field(description="Whom they name instead of themselves.")
    contact_address: str
    text: str = Field(description="What the person wrote, quotes stripped.")
    opinion: OpinionRow | None = Field(default=None, description="Null: none was needed so far.")
    notice: NoticeRow | None = Field(default=None, description="Null: nobody is to be told.")
    needs_person: bool = Field(default=False, description="Neither rules nor a model can tell.")

    @model_validator(mode="after")
    def _tell(self) -> Self:
        undecided = self.opinion is not None and self.opinion.state is OpinionState.PERSON
        self.needs_person = undecided
        return self


class ItemDetail(ItemRow):
    """One inbound mail with how it was found."""

    message_id: str
    size: int
    tries: int


class ItemList(Listing):
    """Inbound mails, newest first."""

    items: list[ItemRow]


class ItemFilter(BaseModel):
    """Which inbound mails to list."""

    state: ItemState | None = None
    kind: ItemKind | None = None
    intent: Intent | None = None
    inbox: Text | None = Field(default=None, examples=["inbox1@example.com"])
    prospect: Text | None = Field(default=None, description="A prospect's id.")
    needs_person: bool | None = Field(
        default=None,
        description="Only what neither rules nor a model can tell; false: only the rest.",
    )
    since: Moment | None = Field(default=None, description="Fetched at or after this moment.")
    until: Moment | None = Field(default=None, description="Fetched before this moment.")


class Classification(Input):
    """What the mail is; left out, the rules read it again."""

    intent: Intent | None = None
    until: Day | None = Field(
        default=None, description="When they are back, or want to be asked again."
    )


@router.get("", response=ItemList)
def list_items(
    request: HttpRequest,
    filters: Annotated[ItemFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List inbound mails, newest first."""
    rows = (
        _needing(filters.needs_person)
        .filter(
            **given(
                state=filters.state,
                kind=filters.kind,
                intent=filters.intent,
                inbox=inbox_filter(filters.inbox) if filters.inbox else None,
                prospect=prospect_filter(filters.prospect) if filters.prospect else None,
                fetched_at__gte=filters.since,
                fetched_at__lt=filters.until,
            )
        )
        .select_related("inbox", "email", "prospect", "opinion", "notice")
    )
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("items", ItemRow.each(found.rows))


@router.post("/reprocess", response=dict[str, int])
def reprocess_held(request: HttpRequest) -> dict[str, int]:
    """Take up held and failed mails once more; gives how many, and what came of them.

    A mail that is read again has no second effect.
    """
    return reprocess(PORTION, _owner(request), actor_of(request), clock.now())


@router.get("/{item_id}", response=ItemDetail)
def get_item(request: HttpRequest, item_id: str) -> ItemDetail:
    """Give one inbound mail."""
    return ItemDetail.of(_item(item_id))


@router.post("/{item_id}/classify", response=ItemDetail)
def classify_item(
    request: HttpRequest, item_id: str, body: Classification | None = None
) -> ItemDetail:
    """Say what a mail wants, with what follows from it; left out, the rules read it again."""
    now, said = clock.now(), body or Classification()
    item = classify(item_id, said.intent, actor_of(request), now, until=said.until)
    if item.state == ItemState.NEW:
        process_new(PORTION, _owner(request), now)
    return ItemDetail.of(_item(item_id))


def _needing(person: bool | None) -> QuerySet[InboxItem]:
    """Give the mails that need a person, or those that do not, or all."""
    undecided = Q(opinion__state=OpinionState.PERSON)
    rows = InboxItem.objects.all()
    return rows if person is None else rows.filter(undecided if person else ~undecided)


def _owner(request: HttpRequest) -> str:
    return f"api {request_id_of(request)}"


def _item(item_id: str) -> InboxItem:
    rows = InboxItem.objects.select_related("inbox", "email", "prospect", "opinion", "notice")
    return by_public_id(rows, item_id, "inbox item")
