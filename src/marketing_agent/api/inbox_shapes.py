"""How inboxes look over HTTP, coming and going."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from marketing_agent.api.parameters import Input, Listing, Moment, Shown, Text

Address = Annotated[Text, Field(max_length=320, examples=["inbox1@example.com"])]


class PauseRow(Shown):
    """Why an inbox must not send, since when, by whom, and until when."""

    cause: Literal["health", "manual", "account", "block"]
    provider: str = Field(description="Recipient provider; empty: to nobody.")
    reason: str
    started_by: str
    started_at: datetime
    until: datetime | None


class HealthFigure(Shown):
    """An inbox's health in one figure; null: too few letters to say."""

    score: float | None
    band: Literal["good", "fair", "poor", "unknown"]


class InboxRow(Shown):
    """One of our sending accounts and what it may do today."""

    address: str
    display_name: str
    status: Literal["active", "paused", "outside_window", "limit_reached"]
    pause: PauseRow | None
    provider_pauses: list[PauseRow]
    health: HealthFigure
    sent_today: int
    daily_limit: int
    effective_limit: int
    bound_by: str = Field(description="What bounds it: warm_up, daily_limit, health, probation…")
    remaining_today: int
    warm_leads_only: bool
    warmup_enabled: bool
    warmup_start_date: date
    warmup_week: int | None
    window_open: bool
    opens_at: datetime | None
    settings: dict[str, Any]
    secret_name: str
    created_at: datetime
    updated_at: datetime


class InboxList(Listing):
    """Inboxes in the order in which they were added."""

    inboxes: list[InboxRow]


class Login(Shown):
    """Whether a login works; ok null: it could not be tried."""

    ok: bool | None
    said: str
    latency_ms: int | None


class Trial(Shown):
    """What a trial of an inbox found, protocol by protocol."""

    inbox: str = Field(validation_alias="address")
    ok: bool
    smtp: Login
    imap: Login


class InboxSettings(Input):
    """An inbox's own settings; what is left out stays (or takes its default)."""

    display_name: str | None = Field(default=None, max_length=200)
    daily_limit: int | None = Field(default=None, ge=0, strict=True, examples=[10])
    warmup_enabled: bool | None = Field(default=None, strict=True)
    warmup_start_date: date | None = Field(default=None, examples=["2025-01-01"])
    zone: str | None = Field(default=None, max_length=64, examples=["Europe/Berlin"])
    window_days: str | list[int] | None = Field(default=None, examples=["0,1,2,3,4"])
    window_start: str | None = Field(default=None, max_length=20, examples=["09:00"])
    window_end: str | None = Field(default=None, max_length=20, examples=["17:00"])
    minimum_gap_s: int | None = Field(default=None, ge=0, strict=True)
    plus_tag: bool | None = Field(default=None, strict=True)


class NewInbox(InboxSettings):
    """The inbox to add; its credentials stand in the secret that has its address."""

    email: Address = Field(validation_alias=AliasChoices("email", "inbox"))


class InboxChange(InboxSettings):
    """The inbox to change."""

    inbox: Address


class NamedInbox(Input):
    """The inbox meant."""

    inbox: Address


class PauseOrder(NamedInbox):
    """Why and until when an inbox shall not send."""

    reason: Text
    until: Moment | None = Field(default=None, description="Null: until somebody resumes it.")


class HealthFactor(Shown):
    """One part of the score: how much it weighs and what it rests on."""

    name: str
    weight: float
    effective_weight: float = Field(description="Unknown weight is shared among the known.")
    rate: float | None
    points: float | None
    sample: int
    known: bool


class TrendPoint(Shown):
    """The score on one day."""

    day: date
    score: float | None
    band: str


class InboxHealth(HealthFigure):
    """An inbox's health with what it is made of."""

    address: str
    factors: list[HealthFactor]
    verdict: str
    reason: str
    trend: list[TrendPoint] = Field(description="One reading a day, the last 28, oldest first.")


class InboxHealthList(Listing):
    """The health of every inbox."""

    inboxes: list[InboxHealth]


class FolderRow(Shown):
    """How far one IMAP folder has been read."""

    name: str
    role: str
    uidvalidity: int | None
    last_uid: int
    read_at: datetime | None


class ImapRow(Shown):
    """How the reading of an inbox stands."""

    address: str
    connected: bool
    last_poll: datetime | None
    last_success: datetime | None
    lag_s: float | None = Field(description="Seconds since it was last read through.")
    last_uid: int | None
    uidvalidity: int | None
    last_error: str
    failures: int
    retry_at: datetime | None
    folders: list[FolderRow]


class ImapList(Listing):
    """How the reading of every inbox stands."""

    inboxes: list[ImapRow]
