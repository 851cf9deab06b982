"""/api/retry-queue: letters that wait for another try, and dead letters."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Min
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.lookups import by_public_id
from marketing_agent.api.paging import Order, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Shown
from marketing_agent.api.resources.emails import EmailRow
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions.dead import discard, replay
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.workers import clock

router = Router(tags=["Retry queue"])

_WAITING = (EmailState.RETRY, EmailState.DEAD)
_SUCCESSES = ("sent", "unknown")
_RECENT = 10


class Failure(Shown):
    """A try that failed."""

    at: datetime
    email: str
    address: str
    outcome: str
    code: int | None
    enhanced: str
    reply: str


class RetryStats(Shown):
    """The retry queue in figures."""

    total: int = Field(description="Letters that wait for another try, and dead letters.")
    pending: int
    dead: int
    by_type: dict[str, int] = Field(description="Letters by the reason of their last failure.")
    oldest: datetime | None = Field(description="When the oldest of them was created.")
    next_retry_at: datetime | None
    recent_failures: list[Failure]


class QueueList(Listing):
    """Letters in the retry queue."""

    emails: list[EmailRow]


@router.get("/stats", response=RetryStats)
def retry_stats(request: HttpRequest) -> dict[str, Any]:
    """Give the retry queue in figures; `dead` letters need a person."""
    rows = Email.objects.filter(state__in=_WAITING)
    by_state = dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    by_reason = dict(rows.values_list("reason_code").annotate(n=Count("pk")).order_by())
    pending, dead = by_state.get("retry", 0), by_state.get("dead", 0)
    return {
        "total": pending + dead,
        "pending": pending,
        "dead": dead,
        "by_type": {reason or "other": count for reason, count in by_reason.items()},
        "oldest": rows.aggregate(at=Min("created_at"))["at"],
        "next_retry_at": rows.filter(state="retry").aggregate(at=Min("due_at"))["at"],
        "recent_failures": _recent_failures(),
    }


@router.get("", response=QueueList)
def list_queue(
    request: HttpRequest,
    state: Literal["retry", "dead"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    order: Order = "desc",
) -> dict[str, Any]:
    """List the letters that wait for another try (retry) and those that gave up (dead)."""
    rows = Email.objects.filter(state__in=[state] if state else _WAITING)
    rows = rows.select_related("inbox", "prospect", "campaign").defer("body", "references")
    found = page(rows, limit=limit, cursor=cursor, order=order)
    return found.answer("emails", EmailRow.each(found.rows))


@router.post("/{email_id}/replay", response=EmailRow)
def replay_letter(request: HttpRequest, email_id: str) -> EmailRow:
    """Plan a dead letter again; the suppression that it caused is lifted."""
    by_public_id(Email.objects.all(), email_id, "email")
    replay(email_id, actor_of(request), clock.now())
    return _row(email_id)


@router.post("/{email_id}/discard", response=EmailRow)
def discard_letter(request: HttpRequest, email_id: str) -> EmailRow:
    """Let a dead letter go for good; its history stays."""
    by_public_id(Email.objects.all(), email_id, "email")
    discard(email_id, actor_of(request), clock.now())
    return _row(email_id)


def _row(email_id: str) -> EmailRow:
    rows = Email.objects.select_related("inbox", "prospect", "campaign")
    return EmailRow.of(by_public_id(rows, email_id, "email"))


def _recent_failures() -> list[Failure]:
    failed = Attempt.objects.exclude(outcome=None).exclude(outcome__in=_SUCCESSES)
    rows = failed.select_related("email").order_by("-pk")[:_RECENT]
    return [
        Failure(
            at=row.at,
            email=row.email.public_id,
            address=row.email.to_address,
            outcome=str(row.outcome),
            code=row.code,
            enhanced=row.enhanced,
            reply=row.reply,
        )
        for row in rows
    ]
