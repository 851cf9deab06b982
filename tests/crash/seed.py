"""The world before the crash: two inboxes with a past, a campaign of two letters, people to write to."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from crash.cast import CAST, NEWCOMERS
from crash.place import INBOXES, MORE_INBOXES, NOW, PASSWORD, Place
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import enroll_ready, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.evidence import CALIBRATION
from marketing_agent.engine.values import EmailKind, EmailState, Outcome, Stage
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.models import Attempt, Contact, Email
from marketing_agent.prospects.models import Prospect

BY = Actor("ada", "test")
LETTERS = ("Letter one.", "Letter two.")
"""The sequence; the text tells which step a letter is, whatever the store says."""

OLD = "old"
A_DAY = timedelta(hours=27)
"""After so long the newcomers are written to."""

LAST_WEEK = NOW - timedelta(days=5)


def seed(place: Place) -> None:
    """Write the world, whose inboxes log in to the servers of the place."""
    for name, value in {
        "sender_name": "Ada Adler",
        "postal_address": "1 Example Street",
        "send_connections": 1,
    }.items():
        set_switch(name, value, BY, NOW)
    drafts = [
        StepDraft(subject="Hello {{ first_name }}", body=LETTERS[0]),
        StepDraft(body=LETTERS[1], day_offset=1),
    ]
    save_campaign("First", drafts, BY, NOW)
    _add_inboxes(place, INBOXES, first=1)
    rows = [_prospect(_name(address), Stage.READY) for address in CAST]
    enroll_ready([row.pk for row in rows], NOW - timedelta(minutes=1))
    for address, inbox in zip(NEWCOMERS, Inbox.objects.order_by("id"), strict=True):
        row = _prospect(_name(address), Stage.READY)
        enroll_ready([row.pk], NOW + A_DAY)
        Enrollment.objects.filter(prospect=row).update(inbox=inbox)


def _name(address: str) -> str:
    return address.partition("@")[0]


def widen(place: Place) -> None:
    """Add inboxes, and let as many connections send at once as there are then."""
    _add_inboxes(place, MORE_INBOXES, first=len(INBOXES) + 1)
    set_switch("send_connections", len(INBOXES) + len(MORE_INBOXES), BY, NOW)


def _add_inboxes(place: Place, addresses: Sequence[str], first: int) -> None:
    for number, address in enumerate(addresses, start=first):
        servers = f"127.0.0.1|{place.smtp}|Ada|127.0.0.1|{place.imap}"
        put_secret(f"SMTP_INBOX_{number}", f"{address}|{PASSWORD}|{servers}", BY, NOW)
        inbox = _inbox(address, number)
        for old in range(CALIBRATION):
            _old_letter(inbox, CALIBRATION * (number - 1) + old)


def old_message_id(number: int) -> str:
    """Name a letter of last week, of which a copy lies in Sent."""
    return f"{OLD}{number}@example.com"


def _inbox(address: str, number: int) -> Inbox:
    return Inbox.objects.create(
        address=address,
        address_key=address,
        secret_name=f"SMTP_INBOX_{number}",
        window_start=time(9),
        window_end=time(17),
        daily_limit=400,
        warmup_enabled=False,
        warmup_start_date=LAST_WEEK.date(),
        minimum_gap_s=0,
        created_at=LAST_WEEK,
        updated_at=LAST_WEEK,
    )


def _prospect(name: str, stage: Stage) -> Prospect:
    address = f"{name}@{name}.example"
    return Prospect.objects.create(
        company=name,
        first_name=name.title(),
        address=address,
        address_key=address,
        domain=f"{name}.example",
        provider=f"{name}.example",
        stage=stage,
        stage_changed_at=LAST_WEEK,
        created_at=LAST_WEEK,
        updated_at=LAST_WEEK,
    )


def _old_letter(inbox: Inbox, number: int) -> None:
    """Write a letter that surely left, so that Sent shows how the server files its copies."""
    person, at = _prospect(f"old{number}", Stage.LOST), LAST_WEEK + timedelta(minutes=number)
    email = Email.objects.create(
        kind=EmailKind.OUTREACH,
        prospect=person,
        campaign=Campaign.objects.get(),
        step=1,
        inbox=inbox,
        to_address=person.address,
        address_key=person.address_key,
        domain=person.domain,
        provider=person.domain,
        subject="Hello",
        body="Hello",
        message_id=old_message_id(number),
        state=EmailState.SENT,
        sent_at=at,
        created_at=at,
        updated_at=at,
    )
    Attempt.objects.create(email=email, inbox=inbox, owner="past", **_accepted(at))
    Contact.objects.create(address_key=person.address_key, last_data_at=at, last_email=email)


def _accepted(at: datetime) -> dict[str, object]:
    return {
        "at": at,
        "data_at": at,
        "finished_at": at,
        "phase": "final",
        "outcome": Outcome.SENT,
        "code": 250,
    }
