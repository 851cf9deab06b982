"""/api/emails: every letter, its state and why, and the tries behind it."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AliasPath, BaseModel, Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.lookups import by_public_id, inbox_filter, prospect_filter
from marketing_agent.api.paging import Order, given, page
from marketing_agent.api.parameters import Cursor, Input, Limit, Listing, Moment, Shown, Text
from marketing_agent.api.resources.bounces import BounceRow
from marketing_agent.engine.values import EmailKind, EmailState, EvidenceKind, Outcome
from marketing_agent.outbox.actions.release import release, release_all
from marketing_agent.outbox.actions.resolve import resolve
from marketing_agent.outbox.models import Email
from marketing_agent.workers import clock

router = Router(tags=["Emails"])


class EmailRow(Shown):
    """One letter, without its text."""

    id: str = Field(validation_alias="public_id")
    status: EmailState = Field(validation_alias="state")
    reason_code: str
    reason: str = Field(description="Why it is in this state, as a sentence or a server's words.")
    finding: str = Field(description="Of an unknown outcome: what the last look for traces found.")
    kind: EmailKind
    address: str = Field(validation_alias="to_address")
    subject: str
    inbox: str = Field(validation_alias=AliasPath("inbox", "address"))
    prospect: str | None = Field(default=None, validation_alias=AliasPath("prospect", "public_id"))
    campaign: str | None = Field(default=None, validation_alias=AliasPath("campaign", "public_id"))
    step: int | None
    failures: int
    message_id: str
    next_try_at: datetime | None = Field(validation_alias="due_at")
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None


class AttemptRow(Shown):
    """One try to hand a letter to a server; outcome null: none is recorded (yet)."""

    at: datetime
    data_at: datetime | None
    finished_at: datetime | None
    look: str = Field(description="Of a follow-up: what the last look for an answer came to.")
    phase: str
    outcome: Outcome | None
    code: int | None
    enhanced: str
    reply: str


class InquiryRow(Shown):
    """What was done to find out about one unknown outcome; sent null: it is not settled."""

    opened_at: datetime
    looks: int
    looked_at: datetime | None
    next_look_at: datetime | None
    finding: str
    sent: bool | None
    evidence: EvidenceKind | None
    settled_at: datetime | None
    settled_by: str


class EmailDetail(EmailRow):
    """One letter with its text and history."""

    body: str
    in_reply_to: str
    references: str
    attempts: list[AttemptRow]
    inquiries: list[InquiryRow]
    bounces: list[BounceRow]


class EmailList(Listing):
    """Letters, newest first."""

    emails: list[EmailRow]


class EmailFilter(BaseModel):
    """Which letters to list."""

    status: EmailState | None = None
    inbox: Text | None = Field(default=None, examples=["inbox1@example.com"])
    prospect: Text | None = Field(default=None, description="A prospect's id.")
    since: Moment | None = Field(default=None, description="Created at or after this moment.")
    until: Moment | None = Field(default=None, description="Created before this moment.")


class Resolution(Input):
    """What a person found out about a letter whose outcome is unknown."""

    sent: bool = Field(description="True: it was delivered. False: it may be sent again.")
    reason: str = Field(default="", max_length=500)


@router.get("", response=EmailList)
def list_emails(
    request: HttpRequest,
    filters: Annotated[EmailFilter, Query()],
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List letters, newest first."""
    rows = Email.objects.filter(
        **given(
            state=filters.status,
            inbox=inbox_filter(filters.inbox) if filters.inbox else None,
            prospect=prospect_filter(filters.prospect) if filters.prospect else None,
            created_at__gte=filters.since,
            created_at__lt=filters.until,
        )
    ).select_related("inbox", "prospect", "campaign")
    rows = rows.prefetch_related("inquiries")
    found = page(rows.defer("body", "references"), limit=limit, cursor=cursor, order=order)
    return found.answer("emails", EmailRow.each(found.rows))


@router.post("/release", response=dict[str, int])
def release_held(request: HttpRequest) -> dict[str, int]:
    """Take up every letter that is held for a person; a campaign's are written anew.

    While something is held for review since a restore or an outage, that alone is let go.
    """
    return {"released": release_all(actor_of(request), clock.now())}


@router.post("/{email_id}/release", response=EmailDetail)
def release_email(request: HttpRequest, email_id: str) -> EmailDetail:
    """Take one held letter up again; a campaign's is cancelled here and written anew."""
    by_public_id(Email.objects.all(), email_id, "email")
    release(email_id, actor_of(request), clock.now())
    return _detail(email_id)


@router.get("/{email_id}", response=EmailDetail)
def get_email(request: HttpRequest, email_id: str) -> EmailDetail:
    """Give one letter with its text, its attempts and its bounces."""
    return _detail(email_id)


@router.post("/{email_id}/resolve", response=EmailDetail)
def resolve_email(request: HttpRequest, email_id: str, body: Resolution) -> EmailDetail:
    """Say of a letter in state *unknown* whether it was delivered; only a person may know."""
    by_public_id(Email.objects.all(), email_id, "email")
    resolve(email_id, sent=body.sent, reason=body.reason, by=actor_of(request), now=clock.now())
    return _detail(email_id)


def _detail(email_id: str) -> EmailDetail:
    rows = Email.objects.select_related("inbox", "prospect", "campaign")
    row = by_public_id(rows, email_id, "email")
    return EmailDetail(
        **EmailRow.of(row).model_dump(),
        body=row.body,
        in_reply_to=row.in_reply_to,
        references=row.references,
        attempts=AttemptRow.each(row.attempts.order_by("pk")),
        inquiries=InquiryRow.each(row.inquiries.order_by("pk")),
        bounces=BounceRow.each(row.bounces.select_related("inbox", "email").order_by("pk")),
    )
