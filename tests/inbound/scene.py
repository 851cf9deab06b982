"""A campaign under way, and mails as the world sends them; all words are our own."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.models import Campaign, Enrollment, Step
from marketing_agent.engine.values import EmailKind, EmailState, Outcome, Stage
from marketing_agent.inbound.actions.arrivals import store_mails
from marketing_agent.inbound.identity import identity_of
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.steps import process_new
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.mail.imap import Fetched
from marketing_agent.mail.parse import parse
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.prospects.models import Prospect

NOW = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)  # a Wednesday
BY = Actor("ada", "test")
DAY = timedelta(days=1)
INBOX = "inbox1@example.com"
NINA = "nina@hotel.example"


@dataclass(frozen=True)
class Scene:
    """One prospect, its enrollment, and the letter it got yesterday."""

    inbox: Inbox
    prospect: Prospect
    campaign: Campaign
    enrollment: Enrollment
    letter: Email

    def stage(self) -> str:
        """Give the prospect's stage as stored."""
        return Prospect.objects.get(pk=self.prospect.pk).stage

    def sequence(self) -> Enrollment:
        """Give the enrollment as stored."""
        return Enrollment.objects.get(pk=self.enrollment.pk)


def an_inbox(address: str = INBOX) -> Inbox:
    """Write an inbox, or give the one of that address."""
    facts = {
        "address": address,
        "secret_name": "SMTP_INBOX_1",
        "window_start": time(9),
        "window_end": time(17),
        "warmup_start_date": NOW.date(),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Inbox.objects.get_or_create(address_key=address, defaults=facts)[0]


def a_prospect(address: str, stage: Stage = Stage.CONTACTED) -> Prospect:
    """Write a prospect."""
    return Prospect.objects.create(
        address=address,
        address_key=address,
        domain=address.partition("@")[2],
        stage=stage,
        stage_changed_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def a_campaign() -> Campaign:
    """Write a campaign of two steps, or give it."""
    facts = {"created_at": NOW, "updated_at": NOW}
    campaign, new = Campaign.objects.get_or_create(name="Spring", defaults=facts)
    for position in (1, 2) if new else ():
        Step.objects.create(campaign=campaign, position=position, body="Hello")
    return campaign


def a_letter(
    prospect: Prospect, inbox: Inbox, state: EmailState = EmailState.SENT, step: int = 1
) -> Email:
    """Write a letter that was sent yesterday, or that stands in another state."""
    campaign = a_campaign()
    at = NOW - DAY
    email = Email.objects.create(
        kind=EmailKind.OUTREACH,
        prospect=prospect,
        campaign=campaign,
        step=step,
        inbox=inbox,
        to_address=prospect.address,
        address_key=prospect.address_key,
        domain=prospect.domain,
        provider=prospect.domain,
        subject="Your bookings",
        body="Hello",
        message_id=f"letter{step}.{prospect.pk}@example.com",
        state=state,
        created_at=at,
        updated_at=at,
        sent_at=at if state is EmailState.SENT else None,
        due_at=NOW if state is EmailState.PLANNED else None,
    )
    if state is not EmailState.PLANNED:
        outcome = Outcome.SENT if state is EmailState.SENT else Outcome.UNKNOWN
        Attempt.objects.create(
            email=email, inbox=inbox, owner="w", at=at, data_at=at, outcome=outcome
        )
    return email


def a_scene(
    address: str = NINA, stage: Stage = Stage.CONTACTED, state: EmailState = EmailState.SENT
) -> Scene:
    """Write a prospect in the middle of a sequence."""
    inbox, prospect, campaign = an_inbox(), a_prospect(address, stage), a_campaign()
    enrollment = Enrollment.objects.create(
        prospect=prospect,
        campaign=campaign,
        inbox=inbox,
        next_step=2,
        next_due_at=NOW + DAY,
        created_at=NOW,
        updated_at=NOW,
    )
    return Scene(inbox, prospect, campaign, enrollment, a_letter(prospect, inbox, state))


def mail(
    body: str = "Hello", *, sender: str = NINA, subject: str = "Re: Your bookings", **headers: str
) -> bytes:
    """Write a mail as a person's program would."""
    lines = {
        "From": sender,
        "To": INBOX,
        "Subject": subject,
        "Date": "Wed, 12 Mar 2025 10:00:00 +0000",
        "Message-ID": f"<{abs(hash((body, sender, subject)))}@hotel.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{body}\r\n".encode()


def answer(letter: Email, body: str, sender: str = NINA, **headers: str) -> bytes:
    """Write a mail that answers a letter of ours, quoting it."""
    quoted = f"{body}\r\n\r\nOn 11 March Ada wrote:\r\n> Hello\r\n> Are you interested?"
    headers = {"In_Reply_To": f"<{letter.message_id}>"} | headers
    return mail(quoted, sender=sender, **headers)


def report(
    letter: Email | None, *, status: str = "5.1.1", action: str = "failed", said: str = "no such user",
    to: str = NINA, mark: str = "1",
) -> bytes:  # fmt: skip
    """Write a delivery status notification, with the headers of our letter or without."""
    original = f"Message-ID: <{letter.message_id}>\r\n" if letter else ""
    return (
        "From: MAILER-DAEMON@mx.hotel.example\r\n"
        f"To: {INBOX}\r\nSubject: Undelivered Mail\r\nMessage-ID: <dsn{mark}@mx.hotel.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour letter met a problem.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns;mx.hotel.example\r\n\r\n"
        f"Final-Recipient: rfc822;{to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp;{'450' if status.startswith('4') else '550'} {status} {said}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}From: {INBOX}\r\n"
        f"To: {to}\r\nSubject: Your bookings\r\n\r\n--b--\r\n"
    ).encode()


def complaint(letter: Email | None, feedback_type: str = "abuse") -> bytes:
    """Write a feedback report (RFC 5965)."""
    original = f"Message-ID: <{letter.message_id}>\r\n" if letter else ""
    return (
        f"From: fbl@provider.example\r\nTo: {INBOX}\r\nSubject: FW: Your bookings\r\n"
        "Message-ID: <arf1@provider.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {feedback_type}\r\nUser-Agent: fbl/1\r\nVersion: 1\r\n"
        f"Original-Rcpt-To: {NINA}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{original}From: {INBOX}\r\n"
        f"To: {NINA}\r\nSubject: Your bookings\r\n\r\nHello\r\n--b--\r\n"
    ).encode()


def receive(*raws: bytes, now: datetime = NOW) -> list[InboxItem]:
    """Store mails as fetching does, work through them, and give the items as stored."""
    inbox = an_inbox()
    folder, _ = Folder.objects.get_or_create(inbox=inbox, name="INBOX", role="inbox")
    mails = [Fetched(uid, raw, len(raw)) for uid, raw in enumerate(raws, folder.last_uid + 1)]
    store_mails(inbox, folder, mails, now)
    process_new(1000, "w", now)
    return [_item(raw) for raw in raws]


def _item(raw: bytes) -> InboxItem:
    return InboxItem.objects.get(identity=identity_of(parse(raw), raw))
