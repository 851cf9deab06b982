"""What a welcome reply sets in motion: an answer to approve, and word to the salesperson."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from marketing_agent.engine.values import POSITIVE, Intent, NoticeState
from marketing_agent.inbound.actions.answers import TEMPLATE, is_past, suggest
from marketing_agent.inbound.models import InboxItem, Notice
from marketing_agent.inbound.suggest import Signature, name_of, suggested_text
from marketing_agent.operations.config import read_all
from marketing_agent.prospects.models import Prospect

TOLD_OF = POSITIVE | {Intent.QUESTION, Intent.REFERRAL}
"""Whoever asks waits for a person, too, and a colleague who is named is a door that stands open."""

_MORNING = time(7)  # UTC


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reply wants: the intent, their own words, and the day that they name."""

    intent: Intent
    said: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that somebody has written already, and who did."""

    text: str = ""
    by: str = ""


NO_DRAFT = Draft()


def welcome(
    item: InboxItem,
    prospect: Prospect | None,
    wanted: Wanted,
    now: datetime,
    draft: Draft = NO_DRAFT,
) -> None:
    """Suggest an answer and have the salesperson told; once for a mail, however often it is read.

    Meetings, interest, questions and referrals are told at once; who wants to be asked again later, on
    the morning of that day. Without a draft a positive reply is answered by a template.

    Args:
        item: the reply.
        prospect: whose it is.
        wanted: what they want.
        now: when, aware UTC.
        draft: an answer, where somebody has written one.
    """
    if is_past(item, prospect):
        return
    if wanted.intent is Intent.NOT_NOW and wanted.until is not None:
        remind(item, max(now, datetime.combine(wanted.until, _MORNING, UTC)), now)
    if wanted.intent not in TOLD_OF:
        return
    text, maker = draft.text, draft.by
    if not text:
        text = suggested_text(wanted.intent, wanted.said, _name(item, prospect), _signature())
        maker = TEMPLATE
    suggest(item, text, maker, now)
    Notice.objects.get_or_create(item=item, defaults={"created_at": now, "due_at": now})


def remind(item: InboxItem, at: datetime, now: datetime) -> None:
    """Have the salesperson told at that moment, also where something was told of the mail before."""
    facts = {"state": NoticeState.WAITING, "due_at": at, "tries": 0}
    _, made = Notice.objects.get_or_create(item=item, defaults=facts | {"created_at": now})
    if not made:
        Notice.objects.filter(item=item, told_at__lt=at).update(**facts)


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
