"""To whom an answer goes, from where, and in which thread: read from the mail that it answers."""

import zlib

from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.mail.address import Address, AddressError, normalise
from marketing_agent.mail.parse import parse
from marketing_agent.mail.words import addresses_in
from marketing_agent.outbox.actions.answering import Answering, BadAnswerError


def addressing(item: InboxItem) -> Answering:
    """Give what a letter needs to answer a mail, from the inbox that the mail came to.

    Raises:
        BadAnswerError: when the mail names no address that could be answered.
    """
    before = (*item.email.references.split(), item.email.message_id) if item.email else ()
    thread = (*before, item.message_id) if item.message_id else before
    return Answering(item, item.prospect, _addressee(item), item.inbox, thread)


def _addressee(item: InboxItem) -> Address:
    """Reply-To goes before From (RFC 5322 section 3.6.2), where it can be read."""
    for each in (_reply_to(item), item.from_address):
        try:
            return normalise(each)
        except AddressError:
            continue
    raise BadAnswerError(f"{item.from_address or 'Nobody'} is no address that can be answered.")


def _reply_to(item: InboxItem) -> str:
    raw = RawMail.objects.filter(item=item).first()
    if raw is None:
        return ""
    headers = parse(zlib.decompress(raw.compressed)).headers
    return next(iter(addresses_in(headers.raw("reply-to"))), "")
