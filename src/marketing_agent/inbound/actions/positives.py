"""What a welcome reply sets in motion: an answer to approve, and word to the salesperson."""

from datetime import datetime

from marketing_agent.engine.values import POSITIVE, Intent
from marketing_agent.inbound.actions.answers import TEMPLATE, suggest
from marketing_agent.inbound.models import InboxItem, Notice
from marketing_agent.inbound.suggest import Signature, name_of, suggested_text
from marketing_agent.operations.config import read_all
from marketing_agent.prospects.models import Prospect

TOLD_OF = POSITIVE | {Intent.QUESTION}
"""Whoever asks waits for a person, too."""


def welcome(
    item: InboxItem,
    prospect: Prospect | None,
    intent: Intent,
    said: str,
    now: datetime,
    *,
    draft: str = "",
    drafted_by: str = "",
) -> None:
    """Suggest an answer and have the salesperson told; once for a mail, however often it is read.

    Args:
        item: the reply.
        prospect: whose it is.
        intent: what they want; only meetings, interest and questions set anything in motion.
        said: their own words.
        now: when, aware UTC.
        draft: an answer that somebody else has written already; else a template is filled.
        drafted_by: who wrote it.
    """
    if intent not in TOLD_OF:
        return
    text = draft or suggested_text(intent, said, _name(item, prospect), _signature())
    suggest(item, text, drafted_by if draft else TEMPLATE, now)
    Notice.objects.get_or_create(item=item, defaults={"created_at": now, "due_at": now})


def _name(item: InboxItem, prospect: Prospect | None) -> str:
    """Greet who has written, who need not be the one written to."""
    if prospect is None or item.from_address.lower() != prospect.address.lower():
        return name_of(item.from_name)
    known = f"{prospect.first_name} {prospect.last_name}".strip()
    return known if " " in known else name_of(item.from_name) or known


def _signature() -> Signature:
    switches = read_all()
    names = ("sender_name", "sender_company", "booking_link")
    return Signature(*(switches[name].strip() for name in names))
