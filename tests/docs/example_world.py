"""The installation that the guide's pages presume, made once: `python -m docs.example_world`.

Its letters and its inbound mail have the ids that the guide shows. The inbox's credentials come on
standard input.
"""

import importlib
import sys
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from marketing_agent.cli.main import run

UNKNOWN = "k7m2xq9cdwe4hs5t"
DEAD = "d3fz8n6pjr2uvb9y"
HELD_MAIL = "r5w8ykc3mhx7e2qa"

_SWITCHES = {
    "sender_name": "Ada Adler",
    "sender_company": "Example Ltd",
    "postal_address": "1 Example Street, 1010 Vienna, Austria",
}
_MAIL = b"""From: Ben Weiss <ben.weiss@loewe.example>
To: ada@example.com
Subject: Re: Direct bookings
Message-ID: <one@loewe.example>

Please tell me more.
"""


def main() -> None:
    """Make the installation in MARKETING_AGENT_HOME."""
    for words in (
        ["init"],
        *(["config", "set", name, value] for name, value in _SWITCHES.items()),
        ["secret", "put", "SMTP_INBOX_1"],
        ["inboxes", "add", "ada@example.com"],
        ["campaigns", "import", "docs/guide/campaign.toml"],
        ["prospects", "import", "docs/guide/prospects.csv"],
    ):
        if run(words) != 0:
            sys.exit(f"{words} failed")
    _write()


def _write() -> None:
    now = datetime(2026, 3, 18, 11, 0, tzinfo=UTC)
    _verify(now)
    _letter("anna.berg@seeblick.example", UNKNOWN, "unknown", now)
    dead = _letter("chiara.conti@sole.example", DEAD, "dead", now)
    _hold_mail(dead.inbox, now)


def _verify(now: datetime) -> None:
    verify = product("prospects.verify", "verify_enriched")
    enroll = product("campaigns.actions", "enroll_ready")
    verify(100, product("sandbox.dns", "SandboxDns")(), now, enroll=enroll)


def _letter(address: str, public_id: str, state: str, now: datetime) -> Any:
    ways = product("campaigns.models", "Enrollment").objects
    way = ways.select_related("prospect").get(prospect__address=address)
    inbox = product("inboxes.models", "Inbox").objects.get()
    ways.filter(pk=way.pk).update(state="waiting", inbox=inbox)
    email = product("outbox.models", "Email").objects.create(
        public_id=public_id,
        state=state,
        kind="outreach",
        step=1,
        prospect=way.prospect,
        campaign_id=way.campaign_id,
        inbox=inbox,
        to_address=address,
        address_key=address,
        domain=way.prospect.domain,
        provider=way.prospect.provider,
        subject="Direct bookings",
        body="Hello",
        message_id=f"<{public_id}@example.com>",
        created_at=now,
        updated_at=now,
    )
    tried = {"unknown": "unknown", "dead": "temporary"}[state]
    email.attempts.create(
        inbox=inbox, owner="worker", at=now, data_at=now, finished_at=now, outcome=tried
    )
    return email


def _hold_mail(inbox: Any, now: datetime) -> None:
    item = product("inbound.models", "InboxItem").objects.create(
        public_id=HELD_MAIL,
        state="held",
        reason="An error in the program.",
        folder="INBOX",
        uidvalidity=1,
        uid=1,
        identity="<one@loewe.example>",
        inbox=inbox,
        message_id="<one@loewe.example>",
        from_address="ben.weiss@loewe.example",
        subject="Re: Direct bookings",
        fetched_at=now - timedelta(minutes=1),
    )
    raw = product("inbound.models", "RawMail")
    raw.objects.create(item=item, compressed=zlib.compress(_MAIL))


def product(module: str, name: str) -> Any:
    """Give something of the product that can be imported only once `init` has set Django up."""
    return getattr(importlib.import_module(f"marketing_agent.{module}"), name)


if __name__ == "__main__":
    main()
