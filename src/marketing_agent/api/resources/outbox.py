"""/api/outbox: what is held for review since a restore or an outage."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.api.parameters import Shown
from marketing_agent.engine.guard import GuardCause
from marketing_agent.outbox.review import review

router = Router(tags=["Emails"])


class GuardRecord(Shown):
    """Why due work is held, since when, and how much was due then."""

    cause: GuardCause
    summary: str
    noticed_at: datetime
    letters: int
    steps: int


class HeldPartRow(Shown):
    """What is held of one campaign's step; `oldest` was due first."""

    campaign: str
    step: int
    letters: int
    steps: int
    oldest: datetime | None


class ReviewState(Shown):
    """What is held for review; guard null: nothing is."""

    guard: GuardRecord | None
    all_held: bool = Field(description="True: nothing at all leaves. False: newer work goes on.")
    parts: list[HeldPartRow]
    people: list[str] = Field(description="Addresses that it would be written to, the first 50.")


@router.get("", response=ReviewState)
def get_outbox(request: HttpRequest) -> Any:  # noqa: ANN401  shown by its attributes
    """Give what is held for review; `POST /api/emails/release` lets it go."""
    return review()
