"""Rows for tests of figures and reasons: the least that a letter needs around it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.models import Campaign, Enrollment, Step
from marketing_agent.engine.values import BounceType, EmailKind, EmailState, Stage
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.prospects.models import Prospect

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # a Wednesday, inside every default window
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BY = Actor("ada", "test")

_numbers = count(1)


def inbox(address: str = "inbox1@example.com", **columns: Any) -> Inbox:
    given = {
        "address_key": address,
        "secret_name": "SMTP_INBOX_1",
        "window_start": time(9),
        "window_end": time(17),
        "warmup_start_date": date(2025, 1, 1),
        "warmup_enabled": False,
        "created_at": NOW - 90 * DAY,
        "updated_at": NOW,
    }
    return Inbox.objects.get_or_create(address=address, defaults=given | columns)[0]


def prospect(stage: Stage = Stage.READY, address: str = "", **columns: Any) -> Prospect:
    key = address or f"person{next(_numbers)}@customer.example"
    given = {
        "address": key,
        "address_key": key,
        "domain": key.partition("@")[2],
        "stage": stage,
        "stage_changed_at": NOW - DAY,
        "created_at": NOW - DAY,
        "updated_at": NOW - DAY,
    }
    return Prospect.objects.create(**given | columns)


def campaign(state: str = "active") -> Campaign:
    known = Campaign.objects.filter(name="spring").first()
    if known is not None:
        return known
    made = Campaign.objects.create(name="spring", state=state, created_at=NOW, updated_at=NOW)
    Step.objects.create(campaign=made, position=1, subject="Hello", body="Hello")
    return made


def enrollment(to: Prospect, **columns: Any) -> Enrollment:
    given = {
        "campaign": campaign(),
        "next_due_at": NOW - HOUR,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Enrollment.objects.create(prospect=to, **given | columns)


def letter(state: EmailState = EmailState.SENT, **columns: Any) -> Email:
    number = next(_numbers)
    address = columns.pop("address", f"person{number}@customer.example")
    given = {
        "kind": EmailKind.OUTREACH,
        "inbox": inbox(),
        "to_address": address,
        "address_key": address,
        "domain": "customer.example",
        "provider": "customer.example",
        "subject": "Hello",
        "body": "Hello",
        "message_id": f"<{number}@example.com>",
        "state": state,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Email.objects.create(**given | columns)


def sent(moment: datetime = NOW, **columns: Any) -> Email:
    return letter(sent_at=moment, **columns)


def bounce(email: Email, kind: BounceType, at: datetime = NOW) -> Bounce:
    return Bounce.objects.create(
        email=email,
        inbox=email.inbox,
        address_key=email.address_key,
        type=kind,
        letter_sent_at=email.sent_at or at,
        at=at,
    )
