"""How prospects look over HTTP, coming and going."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, Field

from marketing_agent.api.parameters import Input, Listing, Moment, Shown, Text
from marketing_agent.engine.values import EmailKind, EmailState, Intent, ItemKind, Stage, Tier

Word = Annotated[str, Field(max_length=500)]


class ProspectRow(Shown):
    """A company or person we may write to."""

    id: str = Field(validation_alias="public_id")
    stage: Stage
    tier: Tier
    address: str
    company: str
    city: str
    country: str
    first_name: str
    last_name: str
    job_title: str
    website: str
    verification: str
    verification_detail: str
    verified_at: datetime | None
    stage_changed_at: datetime
    replied_at: datetime | None
    already_contacted_at: datetime | None
    enrichment_skipped_at: datetime | None
    source: str
    created_at: datetime
    updated_at: datetime


class EnrollmentRow(Shown):
    """A prospect's way through a campaign, and what stands in the way."""

    campaign: str = Field(validation_alias=AliasPath("campaign", "public_id"))
    name: str = Field(validation_alias=AliasPath("campaign", "name"))
    state: Literal["active", "waiting", "finished", "stopped"]
    inbox: str | None = Field(default=None, validation_alias=AliasPath("inbox", "address"))
    next_step: int
    next_due_at: datetime
    refusal_code: str
    refusal: str
    stop_reason: str


class SuppressedBy(Shown):
    """The suppression that forbids writing, of the address or of its domain."""

    scope: Literal["address", "domain"]
    key: str
    cause: str
    evidence: str
    created_at: datetime


class StageMove(Shown):
    """One move from stage to stage."""

    at: datetime
    before: Stage
    after: Stage
    cause: str


class LetterLine(Shown):
    """One letter in a prospect's history."""

    id: str = Field(validation_alias="public_id")
    at: datetime = Field(validation_alias="created_at")
    kind: EmailKind
    status: EmailState = Field(validation_alias="state")
    subject: str
    sent_at: datetime | None
    reason: str


class ItemLine(Shown):
    """One inbound mail in a prospect's history."""

    id: str = Field(validation_alias="public_id")
    at: datetime = Field(validation_alias="fetched_at")
    kind: ItemKind | Literal[""]
    intent: Intent | Literal[""]
    subject: str
    state: str


class History(Shown):
    """The last 50 of each kind, newest first."""

    stages: list[StageMove]
    emails: list[LetterLine]
    inbox: list[ItemLine]


class ProspectDetail(ProspectRow):
    """A prospect with everything that is known about what happened to it."""

    extra: dict[str, str]
    campaigns: list[EnrollmentRow]
    suppression: SuppressedBy | None
    history: History


class ProspectList(Listing):
    """Prospects, oldest first."""

    prospects: list[ProspectRow]


class ProspectFilter(Input):
    """Which prospects to list."""

    stage: Stage | None = None
    has_website: bool | None = None
    tier: Tier | None = None
    inbox: Text | None = Field(default=None, description="The inbox that writes to them.")
    q: Text | None = Field(
        default=None,
        description="How an address, a domain or a company begins.",
    )


class ProspectFields(Input):
    """The fields of a prospect that a person may set."""

    address: Annotated[Word | None, Field(max_length=320)] = Field(
        default=None, validation_alias=AliasChoices("address", "email")
    )
    company: Word | None = None
    city: Word | None = None
    country: Word | None = None
    first_name: Word | None = None
    last_name: Word | None = None
    job_title: Word | None = None
    website: Word | None = None
    tier: Tier | None = None


class NewProspect(ProspectFields):
    """A prospect to enter, by the rules of the import."""

    do_not_contact: bool | str | None = Field(
        default=None, description="True, or the reason why nobody may write."
    )
    already_contacted_at: Moment | None = None
    extra: dict[str, Word] = Field(default_factory=dict, max_length=100)


class ProspectChanges(ProspectFields):
    """What to change; fields that are left out stay."""

    stage: Stage | None = None


class Archiving(Input):
    """Why a prospect is put away."""

    reason: str = Field(default="", max_length=300)


class RefusedRow(Shown):
    """A row that did not enter, and why."""

    line: int
    address: str
    code: str
    reason: str


class ImportAnswer(Shown):
    """What came of an import: rows = imported + duplicates + refused."""

    run_id: str | None = Field(description="Null after a dry run.")
    dry_run: bool
    rows: int
    imported: int
    duplicates: int
    refused: int
    suppressed: int = Field(description="Suppressions that the file added.")
    reasons: dict[str, int] = Field(description="Rows that did not enter, by reason.")
    report: str | None = Field(description="File on the server with a reason for each row.")
    examples: list[RefusedRow]
