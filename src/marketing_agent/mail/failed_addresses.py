"""Whom a report in prose names as not reached, by the ways in which servers put it."""

import re
from collections.abc import Iterable, Iterator

from marketing_agent.mail.original import Original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.report_words import Told, recipient_lines, senders, told_by
from marketing_agent.mail.words import addresses_in

MAX_LINES = 400  # of a report's own text
MAX_LINE = 600  # characters of one line
MAX_RECIPIENTS = 200
MAX_BELOW = 40  # lines below a heading

_LEADING = re.compile(
    r"^\s*(?:[*•·-]\s+|\d{1,3}[.)]\s+)?[<\"'(]{0,2}(?:mailto:|rfc822;|smtp:)?"
    r"([^<>\s\"'():;,@]{1,128}@[^<>\s\"'():;,@]{1,255})",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(r"^[ \t]{1,12}<?([A-Za-z0-9][\w.+-]{1,63})>?[ \t]*$")
_HEADING_ENDS = (":", "\N{FULLWIDTH COLON}", ".", "-", "\N{IDEOGRAPHIC FULL STOP}", ")")
_REPLY = re.compile(r"[245]\d\d[- ]")
_NUMBER = re.compile(r"\d{1,3}")
_BLANKS = re.compile(r"\s{4,}")
_END = re.compile(r"^\s*[-=_*]{4,}")


def failed_addresses(mail: Mail, text: str, original: Original | None) -> tuple[str, ...]:
    """The failed addresses by the strongest witness that names any."""
    own = _own_addresses(mail, original)
    return unique(
        addresses_in(mail.headers.raw("x-failed-recipients"))
        or _below_headings(text, own)
        or _named(text, own)
        or _below_headings(text, frozenset({mail.from_.lower()}))  # who wrote to himself
        or _written_to(original, own)
        or _named_strongly(text, mail.from_)
        or _local_names(mail, text)
        or _mentioned(text, own)
    )


def names_strongly(mail: Mail, text: str, original: Original | None) -> bool:
    """Whether a line of the text does nothing but name a recipient."""
    return any(_found(text, _own_addresses(mail, original), strong=True))


def unique(addresses: Iterable[str]) -> tuple[str, ...]:
    """Each address once, in order, whatever its case."""
    found: dict[str, str] = {}
    for one in addresses:
        found.setdefault(one.lower(), one)
    return tuple(found.values())[:MAX_RECIPIENTS]


def _own_addresses(mail: Mail, original: Original | None) -> frozenset[str]:
    """Addresses that cannot have failed: ours, and the reporting server's."""
    ours = original.senders if original is not None else ()
    return frozenset(one.lower() for one in (*mail.to, mail.from_, *ours))


def _below_headings(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """The addresses that lead the lines below "the following recipients"."""
    lines = _lines(text)
    for number, line in enumerate(lines):
        ends = line.rstrip().endswith(_HEADING_ENDS)
        if ends and "@" not in line and _is_heading(lines, number):
            found = tuple(_leading(lines[number + 1 : number + MAX_BELOW], own))
            if found:
                return found
    return ()


def _is_heading(lines: list[str], number: int) -> bool:
    """A heading may be broken over two lines."""
    return Told.HEADINGS in told_by(" ".join(lines[max(0, number - 1) : number + 1]))


def _leading(lines: list[str], own: frozenset[str]) -> Iterator[str]:
    """One after the other in the same place of the line; an address in a reply is another thing."""
    lead = None
    for line in lines:
        if _END.match(line):
            return
        found = _LEADING.match(line)
        address = next(iter(addresses_in(found[1])), "") if found else ""
        if found and address and address.lower() not in own and not _REPLY.match(address):
            here = _NUMBER.sub("", line[: found.start(1)])
            lead = here if lead is None else lead
            if here == lead:
                yield address


def _named(text: str, own: frozenset[str]) -> tuple[str, ...]:
    return tuple(_found(text, own, strong=False))


def _named_strongly(text: str, reporter: str) -> tuple[str, ...]:
    """A letter that somebody sent to himself failed for him."""
    return tuple(_found(text, frozenset({reporter.lower()}), strong=True))


def _found(text: str, own: frozenset[str], *, strong: bool) -> list[str]:
    """Addresses on lines that speak of a recipient; the first kind of line that names any wins."""
    # A long run of blanks says no more than a short one, and patterns take their time over it.
    lines = [_BLANKS.sub("   ", line) for line in _lines(text) if "@" in line]
    for kind in recipient_lines() if lines else ():
        if kind.strong or not strong:
            found = [one for line in lines for one in _foreign(kind.pattern, line, own)]
            if found:
                return found
    return []


def _foreign(pattern: re.Pattern[str], line: str, own: frozenset[str]) -> Iterator[str]:
    for match in pattern.finditer(line):
        for address in addresses_in(match[1])[:1]:
            if address.lower() not in own:
                yield address


def _written_to(original: Original | None, own: frozenset[str]) -> tuple[str, ...]:
    return tuple(one for one in original.to if one.lower() not in own) if original else ()


def _local_names(mail: Mail, text: str) -> tuple[str, ...]:
    """A server that names its own users without their domain (AOL does)."""
    domain = mail.from_.rpartition("@")[2]
    names = (_BARE_NAME.match(line) for line in _lines(text) if "@" not in line)
    return tuple(f"{one[1]}@{domain}" for one in names if one)[:1] if "." in domain else ()


def _mentioned(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """The last resort: the first address of the report that is nobody's we know."""
    daemons = senders().daemons
    found = (one for one in addresses_in(text[:20_000]) if one.lower() not in own)
    return tuple(one for one in found if not daemons.search(one))[:1]


def _lines(text: str) -> list[str]:
    return [line[:MAX_LINE] for line in text.split("\n", MAX_LINES)[:MAX_LINES]]
