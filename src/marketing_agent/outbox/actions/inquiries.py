"""Inquiries into unknown outcomes: opened for each, kept up to date, and closed with a verdict."""

from datetime import datetime

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.evidence import next_look
from marketing_agent.engine.values import EmailState, EvidenceKind, Outcome
from marketing_agent.outbox.models import Attempt, Email, Inquiry


def open_inquiries(now: datetime) -> int:
    """Open an inquiry for every unknown outcome that has none; gives how many.

    Told from the letters each time, so that no way of becoming unknown can be forgotten.
    """
    doubtful = Attempt.objects.filter(
        outcome=Outcome.UNKNOWN, email__state=EmailState.UNKNOWN, inquiry=None
    )
    made = Inquiry.objects.bulk_create(
        [
            Inquiry(attempt=each, email_id=each.email_id, opened_at=now, next_look_at=now)
            for each in doubtful
        ],
        ignore_conflicts=True,  # another worker opens the same ones
    )
    return len(made)


def note_finding(inquiry: Inquiry, finding: str, data_at: datetime, now: datetime) -> None:
    """Keep what a look found while it decides nothing, and when to look again."""
    looks = inquiry.looks + 1
    Inquiry.objects.filter(pk=inquiry.pk, settled_at=None).update(
        looks=looks,
        looked_at=now,
        finding=finding[:1000],
        next_look_at=next_look(looks, data_at, now),
    )


def settle_inquiry(
    email: Email, kind: EvidenceKind, finding: str, by: Actor, now: datetime, *, sent: bool
) -> None:
    """Close the inquiry into a letter with a verdict; one that was never opened is opened for it."""
    doubtful = Attempt.objects.filter(email=email, outcome=Outcome.UNKNOWN)
    for attempt in doubtful:
        Inquiry.objects.update_or_create(
            attempt=attempt,
            defaults={
                "finding": finding[:1000],
                "sent": sent,
                "evidence": kind,
                "settled_at": now,
                "settled_by": by.name,
                "next_look_at": None,
            },
            create_defaults={
                "email": email,
                "opened_at": now,
                "finding": finding[:1000],
                "sent": sent,
                "evidence": kind,
                "settled_at": now,
                "settled_by": by.name,
            },
        )
