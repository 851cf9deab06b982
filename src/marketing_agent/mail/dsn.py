"""Delivery status notifications (RFC 3464), as they are and as they should be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from marketing_agent.mail.mime import Headers, Part, split_head
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient, judged, status_in
from marketing_agent.mail.words import addresses_in

MAX_RECIPIENTS = 500

_BLANK = re.compile(rb"\n[ \t]*\n")
_HANDED_ON = frozenset({"delivered", "relayed", "expanded"})
_LOOSE = re.compile(rb"^(final-recipient|original-recipient)[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Status:
    """One per-recipient block: action is failed, delayed, delivered, relayed or expanded.

    `original` is the address as the letter was given to the reporting server.
    """

    address: str
    original: str
    action: str
    status: str | None
    diagnostic: str


def read_statuses(mail: Mail) -> tuple[Status, ...]:
    """Every recipient block of the mail's delivery-status parts, each address once.

    A report with the fields in a plain text part (some gateways unwrap them) is read as well.
    """
    found: dict[str, Status] = {}
    for block in _blocks(mail):
        status = _status(block)
        if status is not None and len(found) < MAX_RECIPIENTS:
            known = found.get(status.address.lower())
            found[status.address.lower()] = status if known is None else _merged(known, status)
    return tuple(found.values())


def failures(statuses: Iterable[Status], text: str) -> tuple[Recipient, ...]:
    """The recipients that were not reached (delayed ones too), classified.

    Args:
        statuses: from `read_statuses`.
        text: the report's own words, read when the fields say too little.
    """
    several = [one for one in statuses if one.action not in _HANDED_ON]
    return tuple(_judged(one, text if len(several) == 1 else "") for one in several)


def handed_on(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """The recipients that were reached, or passed on to a server that sends no reports."""
    return tuple(one for one in statuses if one.action in _HANDED_ON)


def _judged(one: Status, text: str) -> Recipient:
    delayed = one.action == "delayed"
    told = judged(one.address, one.status, one.diagnostic, delayed=delayed)
    if told.category == "unknown" and text:
        told = judged(one.address, one.status, f"{one.diagnostic}\n{text}", delayed=delayed)
    return replace(told, original=one.original)


def _blocks(mail: Mail) -> Iterator[Headers]:
    for part in mail.parts:
        if _is_status(part):
            for piece in _BLANK.split(part.payload):
                yield split_head(piece.lstrip(b"\n"))[0]


def _is_status(part: Part) -> bool:
    if part.content_type in ("message/delivery-status", "message/global-delivery-status"):
        return True
    loose = part.content_type in ("text/plain", "message/delivery", "message/report")
    return loose and _LOOSE.search(part.payload[:20_000]) is not None


def _status(block: Headers) -> Status | None:
    address = _address(block)
    if not address:
        return None
    diagnostic = " ".join(block.all("diagnostic-code"))
    status = status_in(block.raw("status"))
    original = _named(block, "original-recipient") or address
    return Status(address, original, _action(block, status), status, _words(diagnostic))


def _address(block: Headers) -> str:
    """RFC 3464 §2.3.2: the address that failed; a host's inner name gives way to the original."""
    final = _named(block, "final-recipient") or _named(block, "x-actual-recipient")
    return (
        final if "." in final.rpartition("@")[2] else _named(block, "original-recipient") or final
    )


def _named(block: Headers, name: str) -> str:
    """The address behind `rfc822;`, which needs no space after it."""
    kind, mark, address = block.raw(name).partition(";")
    return (addresses_in(address if mark else kind) or ("",))[0]


def _action(block: Headers, status: str | None) -> str:
    words = block.raw("action").lower().split()
    if words:
        return words[0].strip("();,")
    return {"2": "delivered", "4": "delayed"}.get((status or "5")[0], "failed")


def _words(diagnostic: str) -> str:
    kind, mark, words = diagnostic.partition(";")
    return words.strip() if mark and " " not in kind.strip() else diagnostic.strip()


def _merged(known: Status, other: Status) -> Status:
    """Two blocks for one address: a failure outweighs what was said before."""
    return other if other.action == "failed" and known.action != "failed" else known
