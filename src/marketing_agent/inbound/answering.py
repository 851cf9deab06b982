"""To whom an answer goes, from where, and in which thread: read from the mail that it answers."""

import re
import zlib
from collections.abc import Collection

from django.db.models import BinaryField
from django.db.models.functions import Substr

from marketing_agent.inbound.case import THREAD_KINDS
from marketing_agent.inbound.models import InboxItem, RawMail, Suggestion
from marketing_agent.mail.address import Address, AddressError, normalise
from marketing_agent.mail.parse import parse
from marketing_agent.mail.words import addresses_in
from marketing_agent.outbox.actions.answering import Answering, BadAnswerError

_PACKED, _PLAIN = 64 * 1024, 256 * 1024
"""Bytes of a stored mail, and of its text, in which the headers are looked for."""

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def addressing(item: InboxItem) -> Answering:
    """Give what a letter needs to answer a mail, from the inbox that the mail came to.

    Raises:
        BadAnswerError: when the mail names no address that could be answered.
    """
    to = addressee(item, _headers_of([item]).get(item.pk, b""))
    if to is None:
        raise BadAnswerError(f"{item.from_address or 'Nobody'} is no address that can be answered.")
    before = (*item.email.references.split(), item.email.message_id) if item.email else ()
    thread = (*before, item.message_id) if item.message_id else before
    return Answering(item, item.prospect, to, item.inbox, thread)


def addressee(item: InboxItem, headers: bytes) -> Address | None:
    """Give the address that an answer goes to; None where the mail names none.

    Reply-To goes before From (RFC 5322 section 3.6.2) for whoever shows that they have our letter, and
    within From's own domain; of anybody else it could lead our words to a stranger.

    Args:
        item: the mail.
        headers: its headers as they came; empty where they are no longer kept.
    """
    own = _read(item.from_address)
    asked = _read(next(iter(addresses_in(parse(headers).headers.raw("reply-to"))), ""))
    if asked is None:
        return own
    trusted = item.match in THREAD_KINDS or (own is not None and _domain(own) == _domain(asked))
    return asked if trusted else own


def addressees(found: Collection[Suggestion]) -> dict[int, str]:
    """Give, for each suggestion's key, where its answer goes or went; empty where it can go nowhere."""
    headers = _headers_of([each.item for each in found if each.email is None])
    return {each.pk: _goes_to(each, headers) for each in found}


def to_of(found: Suggestion) -> str:
    """Give the address that a suggested answer goes to, or went to."""
    return addressees([found])[found.pk]


def say_to(item: InboxItem, to: str) -> str:
    """Say in words when an answer goes elsewhere than to the address that wrote; empty when it does not."""
    own, goes = _read(item.from_address), _read(to)
    if goes is None:
        return "The mail names no address that can be answered."
    if own is not None and own.key == goes.key:
        return ""
    return (
        f"The answer goes to {to}, not to {item.from_address or 'an unknown address'}, "
        "from which they wrote: the mail asks for that (Reply-To)."
    )


def _goes_to(found: Suggestion, headers: dict[int, bytes]) -> str:
    if found.email is not None:
        return found.email.to_address
    to = addressee(found.item, headers.get(found.item_id, b""))
    return to.envelope if to else ""


def _headers_of(items: Collection[InboxItem]) -> dict[int, bytes]:
    """Give the headers of many mails without reading what lies behind them."""
    rows = RawMail.objects.filter(item__in=[each.pk for each in items])
    heads = rows.annotate(head=Substr("compressed", 1, _PACKED, output_field=BinaryField()))
    return {pk: _unpacked(bytes(head)) for pk, head in heads.values_list("item_id", "head")}


def _unpacked(packed: bytes) -> bytes:
    plain = zlib.decompressobj().decompress(packed, _PLAIN).lstrip(b"\r\n")
    return _END_OF_HEADERS.split(plain, maxsplit=1)[0]


def _read(raw: str) -> Address | None:
    try:
        return normalise(raw)
    except AddressError:
        return None


def _domain(address: Address) -> str:
    return address.key.rpartition("@")[2]
