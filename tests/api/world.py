"""A small world to ask the API about, and somebody who asks."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from marketing_agent.accounts.actions import create_token
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.models import Campaign
from marketing_agent.engine.values import BounceType, EmailKind, EmailState, Outcome
from marketing_agent.inbound.actions.answers import suggest
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.actions import add_inbox, put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import open_alert, record_error
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.models import Attempt, Bounce, Email
from marketing_agent.prospects.actions import create
from marketing_agent.prospects.models import ImportRun, Prospect
from marketing_agent.workers.actions import register
from marketing_agent.workers.jobs import JOBS

NOW = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)  # a Monday, inside the default window
BY = Actor("a test", "test")
SECRET = "{address}|pass|word|localhost|1465|Ada Example|localhost|1993"


@dataclass
class Asker:
    """Calls the API as curl does, with a token unless told otherwise."""

    token: str = ""
    client: Client = field(default_factory=Client)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        kind: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        sent = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        response: HttpResponse = self.client.generic(method, path, sent, kind, headers=named)
        return response

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, body, **headers)

    def json(self, method: str, path: str, body: object = None) -> Any:
        response = self.ask(method, path, body)
        assert response.status_code in {200, 201}, response.content
        return json.loads(response.content)


def token(scope: str = "admin", name: str = "tester") -> str:
    """Make a token and give its plain text."""
    return create_token(name, scope, None, BY, NOW)[1]


@dataclass
class World:
    """The rows that the tests ask about."""

    inbox: Inbox
    prospect: Prospect
    campaign: Campaign
    sent: Email
    dead: Email
    unknown: Email
    item: InboxItem

    def ids(self) -> dict[str, str]:
        """Give a value for each path parameter of the API."""
        return {
            "key": "emergency_stop",
            "prospect_id": self.prospect.public_id,
            "campaign_id": self.campaign.public_id,
            "email_id": self.sent.public_id,
            "item_id": self.item.public_id,
            "answer_id": self.item.suggestion.public_id,
            "name": "SMTP_INBOX_9",
            "name_or_prefix": "nobody",
            "address_or_id": self.prospect.public_id,
            "job": "rescue",
            "alert_key": "blocks",
        }


def build() -> World:
    """Write the rows."""
    put_secret("SMTP_INBOX_1", SECRET.format(address="inbox1@example.com"), BY, NOW)
    inbox, _ = add_inbox("inbox1@example.com", by=BY, now=NOW)
    values = {"email": "ada@firma.example", "company": "Firma", "city": "Ulm"}
    prospect = create(values, BY, NOW, allow_test_domains=True)
    step = StepDraft("Good day {{ company }},\n\nshall we talk?", "For {{ company }}")
    campaign = save_campaign("First", [step], BY, NOW)
    sent = letter(inbox, prospect, campaign, EmailState.SENT, 1)
    dead = letter(inbox, prospect, campaign, EmailState.DEAD, 2)
    unknown = letter(inbox, prospect, campaign, EmailState.UNKNOWN, 3)
    _troubles(sent, dead)
    ImportRun.objects.create(file_name="leads.csv", started_by="a test", started_at=NOW)
    suppress("domain", "competitor.example", "manual", "asked by phone", BY, NOW)
    return World(inbox, prospect, campaign, sent, dead, unknown, _reply(inbox, prospect, sent))


def letter(
    inbox: Inbox, prospect: Prospect, campaign: Campaign, state: EmailState, step: int
) -> Email:
    """Write one letter in a state."""
    return Email.objects.create(
        kind=EmailKind.OUTREACH,
        prospect=prospect,
        campaign=campaign,
        step=step,
        inbox=inbox,
        to_address=prospect.address,
        address_key=prospect.address_key,
        domain=prospect.domain,
        provider=prospect.domain,
        subject=f"Letter {step}",
        body="Good day",
        message_id=f"<{step}.{prospect.public_id}@example.com>",
        state=state,
        reason_code="mailbox_full" if state is EmailState.DEAD else "",
        created_at=NOW + timedelta(minutes=step),
        updated_at=NOW,
        sent_at=NOW if state is EmailState.SENT else None,
    )


def _troubles(sent: Email, dead: Email) -> None:
    for email, outcome, code in ((sent, Outcome.SENT, 250), (dead, Outcome.TEMPORARY, 452)):
        Attempt.objects.create(
            email=email,
            inbox=email.inbox,
            owner="test",
            at=NOW,
            data_at=NOW,
            finished_at=NOW,
            phase="final",
            outcome=outcome,
            code=code,
            reply="4.2.2 mailbox full" if code != 250 else "ok",
        )
    Bounce.objects.create(
        email=dead,
        inbox=dead.inbox,
        address_key=dead.address_key,
        type=BounceType.SOFT,
        status="4.2.2",
        code=452,
        diagnostic="mailbox full",
        reason="mailbox_full",
        consequence="tried again later",
        letter_sent_at=NOW,
        at=NOW,
    )
    record_error("reply_processing", "A mail could not be read.", subject="x", now=NOW)
    open_alert("blocks", "critical", "Three letters were blocked.", proposal="Stop.", now=NOW)
    register(JOBS, NOW)


def _reply(inbox: Inbox, prospect: Prospect, sent: Email) -> InboxItem:
    item = InboxItem.objects.create(
        inbox=inbox,
        folder="INBOX",
        identity="<reply@firma.example>",
        from_address=prospect.address,
        subject="Re: Letter 1",
        fetched_at=NOW,
        state="processed",
        kind="reply",
        email=sent,
        prospect=prospect,
        match="in_reply_to",
        text="Tell me more.",
        intent="interested",
        intent_confidence=0.9,
    )
    suggest(item, "Hello,\n\nwhen shall we talk?\n", "template", NOW)
    return item
