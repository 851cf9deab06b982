"""Prospects in the middle of their sequences, each with a letter sent, for measuring what comes back."""

from collections.abc import Iterator
from datetime import timedelta

from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.values import EmailKind, EmailState, Outcome, Stage
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.portions import portions
from measuring.letters import BY, START, add_inboxes, add_prospects, open_mail_room
from measuring.post_office import PASSWORD
from measuring.replies import SENT_AT, inbox_of, message_id


def add_sequences(letters: int, inboxes: int, imap_port: int) -> None:
    """Write prospects, and to each the letter that the post office's mails answer."""
    open_mail_room()
    add_inboxes(inboxes, port=1, daily_limit=40)
    for number in range(1, inboxes + 1):
        servers = f"127.0.0.1|1|Ada|127.0.0.1|{imap_port}"
        secret = f"inbox{number}@example.com|{PASSWORD}|{servers}"
        put_secret(f"SMTP_INBOX_{number}", secret, by=BY, now=START)
    add_prospects(letters)
    Prospect.objects.update(stage=Stage.CONTACTED)
    Enrollment.objects.update(next_step=2, next_due_at=SENT_AT + timedelta(days=3))
    for some in portions(_letters(inboxes), 2_000):
        rows = Email.objects.bulk_create(some)
        Attempt.objects.bulk_create(_attempt(row) for row in rows)


def _letters(inboxes: int) -> Iterator[Email]:
    known = {inbox.address: inbox for inbox in Inbox.objects.all()}
    campaign = Campaign.objects.get()
    for number, prospect in enumerate(Prospect.objects.order_by("id").iterator()):
        yield Email(
            kind=EmailKind.OUTREACH,
            prospect=prospect,
            campaign=campaign,
            step=1,
            inbox=known[inbox_of(number, inboxes)],
            to_address=prospect.address,
            address_key=prospect.address_key,
            domain=prospect.domain,
            provider=prospect.provider,
            subject="A question",
            body="Hello",
            message_id=message_id(number),
            state=EmailState.SENT,
            created_at=SENT_AT,
            updated_at=SENT_AT,
            sent_at=SENT_AT,
        )


def _attempt(email: Email) -> Attempt:
    return Attempt(
        email=email,
        inbox=email.inbox,
        owner="bench",
        at=SENT_AT,
        data_at=SENT_AT,
        finished_at=SENT_AT,
        outcome=Outcome.SENT,
    )
