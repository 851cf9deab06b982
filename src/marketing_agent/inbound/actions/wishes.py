"""What follows from what a person wants, whoever found it out: the rules, a model or a person.

One verb for all three, so that no way of reading a reply has other consequences than another. All of it may
happen twice for the same reply and changes nothing the second time.
"""

from dataclasses import dataclass
from datetime import date, datetime

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.engine.values import POSITIVE, Intent, ItemKind
from marketing_agent.inbound.actions.absences import write_later
from marketing_agent.inbound.actions.answers import void_answer, withdraw
from marketing_agent.inbound.actions.positives import NO_DRAFT, Draft, Wanted, welcome
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.threads import address_key
from marketing_agent.outbox.actions.responses import opted_out, reply_received
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

_BEFORE = 100  # mails that are looked back upon


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's mail, and whose it is.

    Attributes:
        item: the mail.
        prospect: who was written to.
        letter: what they answer.
        writer: the prospect who wrote, where that is somebody else.
        trusted: whether the mail may speak for the one who was written to, and not for its sender alone.
        company: the domain whose other prospects are left in peace, too; empty for nobody's.
    """

    item: InboxItem
    prospect: Prospect | None
    letter: Email | None
    writer: Prospect | None = None
    trusted: bool = True
    company: str = ""

    @property
    def mark(self) -> str:
        """Name the mail in reasons and evidence."""
        return f"inbox item {self.item.public_id}"


def reply_of(item: InboxItem) -> Reply:
    """Give a mail that was read before, as it was tied to a letter then."""
    writer = _writer_of(item)
    return Reply(item, item.prospect, item.email, writer, company=colleagues_of(item.email))


def colleagues_of(letter: Email | None) -> str:
    """Give the company that is left in peace too, where the letter's campaign says so."""
    if letter is None or letter.campaign is None or not letter.campaign.stop_for_colleagues:
        return ""
    return letter.domain if are_colleagues(letter.domain) else ""


def grant(reply: Reply, wanted: Wanted, by: Actor, now: datetime, draft: Draft = NO_DRAFT) -> str:
    """Do what a person wants, and say it in a sentence."""
    words = wanted.intent.replace("_", " ")
    if wanted.intent not in POSITIVE:
        void_answer(reply.item, f"{by.name} reads it as: {words}", now)
    if reply.prospect is not None and wanted.intent is Intent.OUT_OF_OFFICE:
        # A program that answers in its owner's name without saying so, or a person who does the same.
        return f"Out of office: the sequence waits until {put_off(reply, wanted.until, now)}."
    end_sequences(reply, f"replied: {words} ({reply.mark})", now)
    said = silence(reply, by, now) if wanted.intent is Intent.OPT_OUT else ""
    before = _replies_before(reply)
    if reply.item.identity in before:
        return said or f"A reply: {words}; the same mail came to another inbox, too."
    for each in filter(None, (reply.prospect if before else None, reply.writer)):
        withdraw(each.pk, reply.item, f"they have written again ({reply.mark})", now)
    if said:
        return said
    welcome(reply.item, reply.prospect, wanted, now, draft)
    return f"A reply: {words}; the sequence has ended."


def put_off(reply: Reply, back: date | None, now: datetime) -> date:
    """Let the sequence wait until they are back; gives the day. There must be a prospect."""
    if reply.prospect is None:
        raise ValueError("nobody's sequence can wait")
    return write_later(reply.prospect.pk, back, reply.mark, now)


def end_sequences(reply: Reply, reason: str, now: datetime) -> None:
    """Write no more to the one who was written to, to the one who wrote, nor to colleagues where set."""
    if reply.prospect is None:
        return
    reply_received(reply.prospect.pk, reason, now, colleagues_at=reply.company)
    if reply.writer is not None:  # who answers for somebody else has answered for himself, too
        reply_received(reply.writer.pk, reason, now)


def silence(reply: Reply, by: Actor, now: datetime) -> str:
    """Never write again to the one who asks, nor to whom the mail may speak for."""
    keys = {address_key(reply.item.from_address)}
    if reply.trusted and reply.letter is not None:
        keys.add(reply.letter.address_key)
    if reply.trusted and reply.prospect is not None:
        keys.add(reply.prospect.address_key)
    for key in sorted(keys - {""}):
        opted_out(key, f"asked for silence ({reply.mark})", by, now)
    return "An opt-out: the address is suppressed."


def _replies_before(reply: Reply) -> list[str]:
    """Give what names the prospect's earlier mails, this very one in another inbox included."""
    if reply.prospect is None:
        return []
    rows = InboxItem.objects.filter(
        prospect=reply.prospect, kind=ItemKind.REPLY, pk__lt=reply.item.pk
    )
    return list(rows.order_by("-pk").values_list("identity", flat=True)[:_BEFORE])


def _writer_of(item: InboxItem) -> Prospect | None:
    key = address_key(item.from_address)
    if not key or item.prospect is None or key == item.prospect.address_key:
        return None
    return Prospect.objects.filter(address_key=key).first()
