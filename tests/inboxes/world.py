"""Inboxes with a past: letters, attempts, bounces and replies, written as the records would be."""

from datetime import UTC, date, datetime, time, timedelta

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import BounceType, EmailKind, EmailState, ItemKind, Outcome
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Attempt, Bounce, Complaint, Email
from marketing_agent.store.columns import new_public_id

NOW = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)  # a Wednesday
BY = Actor("ada", "test")
DAY = timedelta(days=1)


def an_inbox(address: str = "inbox1@example.com", **facts: object) -> Inbox:
    """Write an inbox; mature and without a minimum gap unless told otherwise."""
    columns: dict[str, object] = {
        "address": address,
        "address_key": address,
        "secret_name": "SMTP_INBOX_1",
        "window_start": time(9),
        "window_end": time(17),
        "warmup_enabled": False,
        "warmup_start_date": date(2025, 1, 1),
        "minimum_gap_s": 0,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Inbox.objects.create(**columns | facts)


def a_letter(inbox: Inbox, at: datetime, outcome: Outcome = Outcome.SENT) -> Email:
    """Write a letter and the attempt that sent it."""
    mark = new_public_id()
    sent = outcome is Outcome.SENT
    email = Email.objects.create(
        kind=EmailKind.OUTREACH,
        inbox=inbox,
        to_address=f"{mark}@corp.example",
        address_key=f"{mark}@corp.example",
        domain="corp.example",
        provider="corp.example",
        subject="Hello",
        body="Hello",
        message_id=f"{mark}@example.com",
        state=EmailState.SENT if sent else EmailState.BOUNCED,
        created_at=at,
        updated_at=at,
        sent_at=at if sent else None,
    )
    Attempt.objects.create(
        email=email, inbox=inbox, owner="w", at=at, data_at=at if sent else None, outcome=outcome
    )
    return email


def letters(inbox: Inbox, count: int, at: datetime) -> list[Email]:
    """Write some letters, a second apart."""
    return [a_letter(inbox, at + timedelta(seconds=n)) for n in range(count)]


def bounce(email: Email, kind: BounceType = BounceType.HARD, at: datetime | None = None) -> None:
    """Let a letter bounce."""
    Bounce.objects.create(
        email=email,
        inbox=email.inbox,
        address_key=email.address_key,
        type=kind,
        letter_sent_at=email.sent_at or email.created_at,
        at=at or email.created_at,
    )


def complain(email: Email) -> None:
    """Let a recipient report a letter as spam."""
    Complaint.objects.create(
        email=email,
        inbox=email.inbox,
        address_key=email.address_key,
        letter_sent_at=email.sent_at,
        at=email.created_at,
    )


def reply(email: Email) -> None:
    """Let a person answer a letter."""
    InboxItem.objects.create(
        inbox=email.inbox,
        folder="INBOX",
        identity=new_public_id(),
        kind=ItemKind.REPLY,
        email=email,
        fetched_at=email.created_at,
    )
