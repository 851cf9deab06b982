"""Campaigns, prospects and inboxes for tests."""

from datetime import UTC, datetime, time

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.models import Campaign
from marketing_agent.campaigns.sender import SenderIdentity
from marketing_agent.engine.values import Stage
from marketing_agent.inboxes.models import Inbox
from marketing_agent.prospects.actions import create
from marketing_agent.prospects.models import Prospect

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BY = Actor("anna", "cli")
SENDER = SenderIdentity("Anna Berg", "Example Ltd", "1 Main Street, Exampletown", "Reply STOP.")
STEPS = (
    StepDraft("Hello {{ first_name }}", "For {{ company }}"),
    StepDraft("Again", day_offset=3),
    StepDraft("Last", day_offset=7),
)


def campaign(name: str = "Spring", *, colleagues: bool = True) -> Campaign:
    return save_campaign(name, STEPS, BY, NOW, stop_for_colleagues=colleagues)


def prospect(address: str, stage: Stage = Stage.READY, **values: str) -> Prospect:
    row = create({"email": address} | values, BY, NOW)
    Prospect.objects.filter(pk=row.pk).update(stage=stage)
    row.refresh_from_db()
    return row


def inbox(address: str = "us@ours.de") -> Inbox:
    return Inbox.objects.create(
        address=address,
        address_key=address,
        secret_name="SMTP_INBOX_1",
        window_start=time(9),
        window_end=time(17),
        warmup_start_date=NOW.date(),
        created_at=NOW,
        updated_at=NOW,
    )
