"""UID FETCH: the items that a client asks for, as bytes (RFC 3501, 6.4.5 and 7.4.2)."""

import re
from collections.abc import Callable, Iterable, Sequence

from marketing_agent.sandbox.imap.mailbox import Message, Numbered
from marketing_agent.sandbox.imap.tokens import BadCommandError, Token, internal_date

_BODY = re.compile(rb"(?i)BODY(\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$")
_FIELDS = re.compile(r"(?i)HEADER\.FIELDS(\.NOT)? \(?([^)]*)\)?$")
_OLD_NAMES = {
    b"RFC822": b"BODY[]",
    b"RFC822.HEADER": b"BODY.PEEK[HEADER]",
    b"RFC822.TEXT": b"BODY[TEXT]",
}
_SIMPLE: dict[bytes, Callable[[Message], bytes]] = {
    b"UID": lambda message: b"%d" % message.uid,
    b"FLAGS": lambda message: flag_list(message.flags),
    b"INTERNALDATE": lambda message: internal_date(message.at),
    b"RFC822.SIZE": lambda message: b"%d" % len(message.raw),
}


def fetch_reply(each: Numbered, wanted: Sequence[bytes]) -> bytes:
    """Write one FETCH reply with the `wanted` items; reading without PEEK marks as seen.

    Raises:
        BadCommandError: An item is unknown.
    """
    number, message = each
    items = b" ".join(_item(message, name) for name in wanted)
    return b"* %d FETCH (%s)\r\n" % (number, items)


def item_names(asked: Iterable[Token], *, with_uid: bool) -> list[bytes]:
    """Return the items that were asked for, in upper case, with UID first if it must be."""
    names: list[bytes] = [b"UID"] if with_uid else []
    for token in asked:
        for name in token if isinstance(token, list) else [token]:
            if isinstance(name, list):
                raise BadCommandError("Items are a flat list")
            if name.upper() not in names:
                names.append(name.upper())
    return names


def flag_list(flags: Iterable[bytes]) -> bytes:
    """Write flags in parentheses."""
    return b"(" + b" ".join(sorted(flags)) + b")"


def _item(message: Message, name: bytes) -> bytes:
    simple = _SIMPLE.get(name)
    if simple:
        return name + b" " + simple(message)
    found = _BODY.match(_OLD_NAMES.get(name, name))
    if not found:
        raise BadCommandError(f"The item {name.decode('ascii', 'replace')} is not known here")
    return _body(message, name, found)


def _body(message: Message, name: bytes, found: re.Match[bytes]) -> bytes:
    if not found[1]:
        message.flags.add(rb"\Seen")
    octets = _section(message.raw, found[2].decode("ascii", "replace"))
    label = name if name in _OLD_NAMES else b"BODY[%s]" % found[2]
    if found[3] is not None:
        start = int(found[3])
        octets = octets[start : start + int(found[4])]
        label += b"<%d>" % start
    return b"%s {%d}\r\n%s" % (label, len(octets), octets)


def _section(raw: bytes, section: str) -> bytes:
    head, separator, body = raw.partition(b"\r\n\r\n")
    whole_head = head + separator
    fields = _FIELDS.match(section)
    if fields:
        return _some_fields(whole_head, fields[2].lower().split(), unwanted=bool(fields[1]))
    known = {"": raw, "HEADER": whole_head, "TEXT": body}
    if section.upper() not in known:
        raise BadCommandError(f"The section {section} is not known here")
    return known[section.upper()]


def _some_fields(head: bytes, names: list[str], *, unwanted: bool) -> bytes:
    kept = [field for field in _unfolded(head) if (_name(field) in names) is not unwanted]
    return b"".join(kept) + b"\r\n"


def _unfolded(head: bytes) -> list[bytes]:
    return re.findall(rb"[^\s].*\r\n(?:[ \t].*\r\n)*", head)


def _name(field: bytes) -> str:
    return field.partition(b":")[0].strip().lower().decode("ascii", "replace")
