"""A day's figures, derived from records each time; bounded by the day through an index."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketing_agent.engine.pacing import local_day
from marketing_agent.engine.values import BounceType, ItemKind
from marketing_agent.inbound.models import InboxItem
from marketing_agent.operations.config import read
from marketing_agent.outbox.models import Bounce, Complaint, Email


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day in the operator's time zone, as UTC moments."""

    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What one day came to.

    Attributes:
        sent: letters that a server accepted that day.
        letters: those, and the letters of that day that a server refused at the door for good.
        bounced: letters of that day that failed hard or were blocked, each counted once.
        by_type: bounces of that day's letters by type; soft ones are not failures.
        replies: replies that arrived that day.
        complaints: letters of that day that were reported as spam.
    """

    sent: int
    letters: int
    bounced: int
    by_type: dict[str, int]
    replies: int
    complaints: int

    @property
    def bounce_rate(self) -> float | None:
        """Bounced ÷ letters as a fraction 0-1; None when there were none."""
        return self.bounced / self.letters if self.letters else None

    def as_dict(self, day: Day) -> dict[str, object]:
        """Give the figures as the API shows them."""
        return {
            "day": day.day.isoformat(),
            "sent_today": self.sent,
            "letters": self.letters,
            "bounces": self.bounced,
            "bounces_by_type": self.by_type,
            "bounce_rate": self.bounce_rate,
            "replies": self.replies,
            "reply_rate": self.replies / self.sent if self.sent else None,
            "complaints": self.complaints,
        }


def day_of(now: datetime) -> Day:
    """Give the day that `now` falls on in the time zone of the switch default_zone."""
    return Day(*local_day(read("default_zone"), now))


def day_before(day: Day) -> Day:
    """Give the day before."""
    return day_of(day.start - timedelta(hours=1))


def last_days(count: int, now: datetime) -> Iterator[Day]:
    """Give the last `count` days, today first."""
    day = day_of(now)
    for _ in range(count):
        yield day
        day = day_before(day)


def figures_of(day: Day) -> DayFigures:
    """Count one day."""
    within = {"gte": day.start, "lt": day.end}
    sent = Email.objects.filter(**_on("sent_at", within)).count()
    bounces = _bounces(within)
    fatal = {email for email, kind, _ in bounces if kind != BounceType.SOFT}
    at_the_door = {email for email, kind, gone in bounces if email in fatal and gone is None}
    replies = InboxItem.objects.filter(kind=ItemKind.REPLY, **_on("fetched_at", within)).count()
    return DayFigures(
        sent=sent,
        letters=sent + len(at_the_door),
        bounced=len(fatal),
        by_type={str(kind): count for kind, count in _by_type(bounces).items()},
        replies=replies,
        complaints=Complaint.objects.filter(**_on("letter_sent_at", within)).count(),
    )


def _bounces(within: dict[str, datetime]) -> list[tuple[int, str, datetime | None]]:
    """List the bounces of letters sent within a day: letter, type, when a server accepted it.

    A bounce never comes before its letter, so the index by time bounds the search from below.
    """
    rows = Bounce.objects.filter(at__gte=within["gte"], **_on("letter_sent_at", within))
    return list(rows.values_list("email_id", "type", "email__sent_at"))


def _by_type(bounces: list[tuple[int, str, datetime | None]]) -> Counter[BounceType]:
    counts = Counter(dict.fromkeys(BounceType, 0))
    counts.update(BounceType(kind) for _, kind in {(email, kind) for email, kind, _ in bounces})
    return counts


def _on(column: str, within: dict[str, datetime]) -> dict[str, datetime]:
    return {f"{column}__{lookup}": moment for lookup, moment in within.items()}
