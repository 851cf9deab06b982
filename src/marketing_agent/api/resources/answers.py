"""/api/answers: answers suggested to positive replies, and a person's word on them."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AliasPath, BaseModel, Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.lookups import by_public_id
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Input, Limit, Listing, Shown, Text
from marketing_agent.engine.values import EmailState, Intent, SuggestionState
from marketing_agent.inbound.actions.answers import LONGEST_BODY, Wording, decline
from marketing_agent.inbound.answering import addressees
from marketing_agent.inbound.approvals import find
from marketing_agent.inbound.models import Suggestion
from marketing_agent.workers import answering, clock

router = Router(tags=["Answers"])

Body = Annotated[str, Field(max_length=LONGEST_BODY)]


class AnswerRow(Shown):
    """A suggested answer, and the reply that it is for."""

    id: str = Field(validation_alias="public_id")
    state: SuggestionState
    subject: str
    body: str
    made_by: str = Field(description="template, or the model that wrote it.")
    created_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    inbox_item: str = Field(validation_alias=AliasPath("item", "public_id"))
    intent: Intent | None = Field(validation_alias=AliasPath("item", "intent"))
    from_address: str = Field(validation_alias=AliasPath("item", "from_address"))
    to: str = Field(
        default="",
        description="Where the answer goes: Reply-To where the mail may name one, else From. "
        "Empty: the mail names no address that can be answered.",
    )
    said: str = Field(validation_alias=AliasPath("item", "text"), description="The reply itself.")
    inbox: str = Field(validation_alias=AliasPath("item", "inbox", "address"))
    prospect: str | None = Field(
        default=None, validation_alias=AliasPath("item", "prospect", "public_id")
    )
    letter: str | None = Field(default=None, validation_alias=AliasPath("email", "public_id"))


class AnswerList(Listing):
    """Suggested answers, newest first."""

    answers: list[AnswerRow]


class AnswerFilter(BaseModel):
    """Which suggestions to list."""

    state: SuggestionState | None = None


class Approval(Input):
    """Other words than the suggested ones; what is left out stays as suggested."""

    subject: Text | None = None
    body: Body | None = None


class Refusal(Input):
    """Why the suggestion is let be."""

    reason: Text | None = None


class OwnWords(Input):
    """An answer in one's own words; without a subject it answers the mail's."""

    subject: Text | None = None
    body: Body


class PlannedAnswer(Shown):
    """The letter that an approval became."""

    letter: str = Field(validation_alias="public_id")
    status: EmailState = Field(validation_alias="state")
    to: str = Field(validation_alias="to_address")
    subject: str


@router.get("", response=AnswerList)
def list_answers(
    request: HttpRequest,
    filters: Annotated[AnswerFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List suggested answers, newest first."""
    rows = Suggestion.objects.filter(**given(state=filters.state))
    rows = rows.select_related("item__inbox", "item__prospect", "email")
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("answers", _rows(found.rows))


@router.get("/{answer_id}", response=AnswerRow)
def get_answer(request: HttpRequest, answer_id: str) -> AnswerRow:
    """Give one suggested answer."""
    return _row(answer_id)


@router.post("/{answer_id}/approve", response=PlannedAnswer)
def approve_answer(
    request: HttpRequest, answer_id: str, body: Approval | None = None
) -> PlannedAnswer:
    """Send a suggested answer, as it is or in other words; once, and within a day."""
    wording = Wording(body.subject, body.body) if body else Wording()
    return PlannedAnswer.of(answering.approve(answer_id, wording, actor_of(request), clock.now()))


@router.post("/{answer_id}/decline", response=AnswerRow)
def decline_answer(request: HttpRequest, answer_id: str, body: Refusal | None = None) -> AnswerRow:
    """Let a suggestion be; nothing is sent."""
    reason = (body.reason if body else None) or ""
    decline(answer_id, reason, actor_of(request), clock.now())
    return _row(answer_id)


def _row(answer_id: str) -> AnswerRow:
    found = find(answer_id)
    return _rows([found or by_public_id(Suggestion.objects.none(), answer_id, "answer")])[0]


def _rows(found: Collection[Suggestion]) -> list[AnswerRow]:
    to = addressees(found)
    return [AnswerRow.of(each).model_copy(update={"to": to[each.pk]}) for each in found]


@router.post("/to/{item_id}", response=PlannedAnswer)
def write_answer(request: HttpRequest, item_id: str, body: OwnWords) -> PlannedAnswer:
    """Answer an inbound mail in one's own words."""
    wording = Wording(body.subject, body.body)
    return PlannedAnswer.of(answering.write(item_id, wording, actor_of(request), clock.now()))
