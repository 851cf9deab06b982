"""Delivery status notifications (RFC 3464), as they are and as they should be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from marketing_agent.mail.bounce_text import is_from_machine
from marketing_agent.mail.mime import Headers, Part, split_head
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient, judged, status_in
from marketing_agent.mail.words import addresses_in

MAX_RECIPIENTS = 500

_RECEIPT = "message/disposition-notification"
_ABOUT = re.compile(r"[45]\d\d (?:[45]\.\d\.\d{1,3} )?<([^<>\s@]{1,128}@[^<>\s@]{1,255})>")
_BLANK = re.compile(rb"\n[ \t]*\n")
_HANDED_ON = frozenset({"delivered", "relayed", "expanded"})
_LOOSE = re.compile(rb"^(final-recipient|original-recipient)[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Status:
    """One per-recipient block: action is failed, delayed, delivered, relayed or expanded.

    `original` is the address as the letter was given to the reporting server, `hint` the class that
    PowerMTA gives a failure, such as bad-mailbox.
    """

    address: str
    original: str
    action: str
    status: str | None
    diagnostic: str
    hint: str = ""


def read_statuses(mail: Mail) -> tuple[Status, ...]:
    """Every recipient block of the mail's delivery-status parts, each address once.

    A report with the fields in a plain text part (some gateways unwrap them) is read as well.
    """
    found: dict[str, Status] = {}
    for status in (one for block in _blocks(mail) for one in _statuses(block)):
        known = found.get(status.address.lower())
        if known is not None or len(found) < MAX_RECIPIENTS:
            found[status.address.lower()] = status if known is None else _merged(known, status)
    return tuple(found.values())


def disposition_of(mail: Mail) -> str | None:
    """What a disposition notification (RFC 8098) says was done, or None where there is none."""
    if mail.root.content_type == "multipart/report":
        for part in mail.root.children:
            if part.content_type == _RECEIPT:
                fields = split_head(part.payload.lstrip(b"\n"))[0]
                return fields.raw("disposition").lower()
    return None


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
    more = f"{one.hint}\n\n{text}" if one.hint else text
    told = judged(one.address, one.status, one.diagnostic, delayed=delayed, more=more)
    return replace(told, original=one.original)


def _blocks(mail: Mail) -> Iterator[Headers]:
    """The blocks of the mail's own report, or of one that a machine passed on.

    A report that a person forwards is a person's mail.
    """
    for part in mail.parts if is_from_machine(mail) else mail.root.own():
        if _is_status(part):
            for piece in filter(bytes.strip, _BLANK.split(part.payload)):
                yield split_head(piece.lstrip(b"\n"))[0]


def _is_status(part: Part) -> bool:
    if part.content_type in ("message/delivery-status", "message/global-delivery-status"):
        return True
    if part.content_type not in ("text/plain", "message/delivery", "message/report"):
        return False
    return _LOOSE.search(part.payload[:20_000]) is not None


def _statuses(block: Headers) -> Iterator[Status]:
    address = _address(block)
    if not address:
        return
    status = status_in(block.raw("status"))
    action = _action(block, status)
    original = _named(block, "original-recipient") or address
    first, *others = [_words(one) for one in block.all("diagnostic-code")] or [""]
    strangers = [one for one in others if _other_than(address, one)]
    own = [first, *(one for one in others if one not in strangers)]
    hint = block.raw("x-powermta-bouncecategory")
    yield Status(address, original, action, status, " ".join(own), hint)
    for one in strangers:  # AOL put several recipients into one block
        yield Status(_other_than(address, one), "", action, status_in(one), one)


def _other_than(address: str, diagnostic: str) -> str:
    """The address in a reply `550 5.1.1 <address>… ` when it is another one."""
    found = _ABOUT.match(diagnostic)
    return found[1] if found and found[1].lower() != address.lower() else ""


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
