"""Watching a gradual start after a stop, and raising the cap when all goes well."""

from collections.abc import Iterator
from datetime import datetime

from marketing_agent.engine.ramp import WATCHED, Seen, keeps_waiting
from marketing_agent.engine.values import BounceType, EmailState
from marketing_agent.operations.actions.resumptions import (
    current_resumption,
    note_waiting,
    step_up,
)
from marketing_agent.operations.models import Alert, Resumption
from marketing_agent.operations.words import counted
from marketing_agent.outbox.models import Bounce, Complaint, Email


def go_on(now: datetime) -> dict[str, object]:
    """Take the next step of a gradual start if it may be taken; says what came of it."""
    resumption = current_resumption()
    if resumption is None:
        return {"resuming": False}
    waits = keeps_waiting(resumption.step_since, _seen(resumption, now), now)
    if waits:
        note_waiting(resumption, waits)
        return {"resuming": True, "waits": waits}
    return {"resuming": True, "max_emails_per_run": step_up(resumption, now)}


def _seen(resumption: Resumption, now: datetime) -> Seen:
    since = resumption.step_since
    sent = Email.objects.filter(sent_at__gte=since).exists()
    return Seen(sent, tuple(_troubles(max(since, now - WATCHED))))


def _troubles(since: datetime) -> Iterator[str]:
    blocks = Bounce.objects.filter(type=BounceType.BLOCK, at__gte=since).count()
    if blocks:
        yield counted(blocks, "letter was blocked", "letters were blocked")
    complaints = Complaint.objects.filter(at__gte=since).count()
    if complaints:
        yield counted(complaints, "person complained", "people complained")
    unknown = Email.objects.filter(state=EmailState.UNKNOWN, updated_at__gte=since).count()
    if unknown:
        yield counted(
            unknown, "letter's outcome became unknown", "letters' outcomes became unknown"
        )
    critical = Alert.objects.filter(severity="critical", opened_at__gte=since, closed_at=None)
    yield from (f"an alert opened ({alert.summary})" for alert in critical[:3])
