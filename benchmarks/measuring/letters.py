"""A mail room for measuring: inboxes at the sink, prospects in numbers, one campaign."""

from datetime import UTC, date, datetime, time

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import enroll_ready, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.engine.values import Stage
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import set_switch
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.portions import portions

START = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # a Monday, late in the window
BY = Actor("bench", "benchmark")
_BODY = """Hello {{ first_name }},

we keep the presses at {{ company }} in {{ city }} running, and would like to show you how.
Would a short call next week suit you?

Kind regards
{{ inbox.name }}
"""


def open_mail_room() -> None:
    """Say who writes, and write the campaign."""
    set_switch("sender_name", "Ada Adler", BY, START)
    set_switch("postal_address", "1 Example Street", BY, START)
    drafts = [StepDraft(_BODY, "A question to {{ company }}", 0), StepDraft(_BODY, "", 3)]
    save_campaign("Bench", drafts, BY, START)


def add_inboxes(count: int, port: int, daily_limit: int) -> None:
    """Add mature inboxes without a minimum gap, whose letters go to 127.0.0.1:`port`."""
    for number in range(1, count + 1):
        address = f"inbox{number}@example.com"
        secret = f"{address}|pw|127.0.0.1|{port}|Ada|127.0.0.1|1"
        put_secret(f"SMTP_INBOX_{number}", secret, by=BY, now=START)
        Inbox.objects.create(
            address=address,
            address_key=address,
            display_name="Ada",
            secret_name=f"SMTP_INBOX_{number}",
            window_start=time(9),
            window_end=time(17),
            daily_limit=daily_limit,
            warmup_enabled=False,
            warmup_start_date=date(2026, 1, 1),
            minimum_gap_s=0,
            created_at=START,
            updated_at=START,
        )


def add_prospects(count: int) -> None:
    """Add ready prospects, each at a firm of its own, and enroll them."""
    made = (_prospect(number) for number in range(count))
    for some in portions(made, 2_000):
        rows = Prospect.objects.bulk_create(some)
        enroll_ready([row.pk for row in rows], START)


def _prospect(number: int) -> Prospect:
    domain = f"firm{number}.example"
    return Prospect(
        company=f"Firm {number}",
        city="Exampleton",
        first_name="Grace",
        address=f"grace@{domain}",
        address_key=f"grace@{domain}",
        domain=domain,
        provider=domain,
        stage=Stage.READY,
        stage_changed_at=START,
        created_at=START,
        updated_at=START,
    )
