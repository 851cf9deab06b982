"""What the status page shows: the same figures as the API, in the order of the night's questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketing_agent.engine.values import EmailState, SuggestionState
from marketing_agent.inbound.models import Suggestion
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.health import current
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import current_resumption
from marketing_agent.operations.config import CAP_KEY, read
from marketing_agent.operations.models import Alert, ErrorGroup, Resumption, Stop
from marketing_agent.operations.stats import health, stats
from marketing_agent.operations.stop import current_stop
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.review import Review, review
from marketing_agent.workers.jobs import JOBS
from marketing_agent.workers.models import Job

_SHOWN = 5
_INBOXES = 50
_DOUBTFUL = 10
_FINE = {"ok", "unknown"}
_NONE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: what it is, its value as text, and how it stands (ok, warning, critical…)."""

    name: str
    value: str
    flag: str = "unknown"


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One inbox: what it may do today, and what stands in its way."""

    address: str
    sent: int
    limit: int
    bound: str
    score: str
    band: str
    note: str


@dataclass(frozen=True, slots=True)
class Status:
    """All that the page shows at one moment."""

    now: datetime
    overall: str
    troubles: list[str]
    stop: Stop | None
    resumption: Resumption | None
    cap: int | None
    tiles: list[Tile]
    alerts: list[Alert]
    review: Review
    doubtful: list[Email]
    answers: list[Suggestion]
    inboxes: list[InboxLine]
    jobs: list[Job]
    errors: list[ErrorGroup]


def status_at(now: datetime) -> Status:
    """Gather the page's figures."""
    found = stats(now)
    found_health = health(now)
    known = {row.name: row for row in Job.objects.all()}
    return Status(
        now=now,
        overall=str(found_health["status"]),
        troubles=list(_troubles(found_health["dependencies"])),
        stop=current_stop(),
        resumption=current_resumption(),
        cap=read(CAP_KEY),
        tiles=list(_tiles(found)),
        alerts=list(Alert.objects.filter(closed_at=None).order_by("-opened_at")[:_SHOWN]),
        review=review(),
        doubtful=_doubtful(),
        answers=_answers(now),
        inboxes=_inboxes(now),
        jobs=[known[spec.name] for spec in JOBS if spec.name in known],
        errors=list(ErrorGroup.objects.order_by("-last_seen")[:_SHOWN]),
    )


def _doubtful() -> list[Email]:
    rows = Email.objects.filter(state=EmailState.UNKNOWN).select_related("inbox")
    return list(rows.prefetch_related("inquiries").order_by("updated_at")[:_DOUBTFUL])


def _answers(now: datetime) -> list[Suggestion]:
    """List the answers that wait for a person, the oldest first: it is the next to run out."""
    rows = Suggestion.objects.filter(state=SuggestionState.OPEN, expires_at__gt=now)
    return list(rows.select_related("item__prospect").order_by("expires_at")[:_DOUBTFUL])


def _tiles(found: dict[str, Any]) -> Iterator[Tile]:
    flags, today, yesterday = found["flags"], found["stats"], found["yesterday"]
    yield Tile("Sent today", str(found["emails_sent_today"]))
    yield Tile("Sent yesterday", str(yesterday["sent_today"]))
    yield Tile("Bounce rate", _share(today["bounce_rate"]), flags["bounce_rate"])
    yield Tile("Replies today", str(today["replies"]))
    yield Tile("Queue", str(found["queue_depth"]), flags["queue_depth"])
    yield Tile("Error rate", _share(found["error_rate"]), flags["error_rate"])
    yield Tile("Lowest health", _number(found["inbox_health_min"]), flags["inbox_health"])
    yield Tile("Outcome unknown", str(found["unknown"]), _calls(found["unknown"]))
    yield Tile("Dead letters", str(found["dead_letters"]), _calls(found["dead_letters"]))
    yield Tile("Mail held", str(found["inbox_held"]), _calls(found["inbox_held"]))


def _troubles(parts: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, part in parts.items():
        if part["status"] not in _FINE:
            yield f"{name}: {part.get('detail') or part['status']}"


def _calls(count: int) -> str:
    return "warning" if count else "ok"


def _share(rate: float | None) -> str:
    return _NONE if rate is None else f"{rate:.1%}"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.0f}"


def _inboxes(now: datetime) -> list[InboxLine]:
    rows = list(Inbox.objects.order_by("pk")[:_INBOXES])
    today, healths = days(rows, now), current([each.pk for each in rows], now)
    return [
        InboxLine(
            address=each.address,
            sent=today[each.pk].sent_today,
            limit=today[each.pk].limit.value,
            bound=str(today[each.pk].limit.bound).replace("_", " "),
            score="" if healths[each.pk].score is None else f"{healths[each.pk].score:.0f}",
            band=str(healths[each.pk].band),
            note=_note(today[each.pk]),
        )
        for each in rows
    ]


def _note(day: InboxDay) -> str:
    if day.pause is not None:
        until = f"until {day.pause.until:%d %b %H:%M} UTC" if day.pause.until else "until resumed"
        return f"Paused {until}: {day.pause.reason}"
    if not day.open:
        return f"Window opens {day.opens_at:%a %H:%M} UTC"
    return "Warm leads only" if day.warm_only else ""
