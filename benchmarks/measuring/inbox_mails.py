"""Mails of a size, of every kind that an inbox of ours gets; the sandbox's people and servers write them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice

from marketing_agent.mail.compose import Letter, to_bytes
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.letter import ReceivedLetter, read_letter
from marketing_agent.sandbox.personas import Personas

SIZE = 4_096
"""Bytes of one mail, about."""

MACHINES = (
    *[Behaviour.BOUNCE_UNKNOWN, Behaviour.BOUNCE_FULL, Behaviour.BOUNCE_BLOCKED, Behaviour.DELAYED],
    *[Behaviour.BOUNCE_IN_PROSE, Behaviour.BOUNCE_IN_PROSE, Behaviour.COMPLAINT],
    *[Behaviour.OUT_OF_OFFICE, Behaviour.OUT_OF_OFFICE, Behaviour.CHALLENGE],
)
PEOPLE = (
    *[Behaviour.INTERESTED, Behaviour.QUESTION, Behaviour.MEETING, Behaviour.NOT_INTERESTED],
    *[Behaviour.NOT_NOW, Behaviour.REFERRAL, Behaviour.WRONG_PERSON, Behaviour.OPT_OUT],
    *[Behaviour.GERMAN, Behaviour.FRENCH],
)
"""They write in plain text, and in HTML beside it, as their mail programs do."""

_SENT_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
_SENDER = "ada@example.com"
_LETTER = """Hello Grace,

we keep the presses at your firm running, and would like to show you how. Most of the houses that we
work for had the same question when they began: what happens on the day when the one person who knows
the machine is on holiday? With us it goes on, because somebody else has seen it before.

Would a short call next week suit you? Tuesday at ten or Thursday at two would both be fine with us.

Kind regards
Ada Adler

1 Example Street
If you would rather not hear from us, reply with "unsubscribe".
"""
_TRACE = (
    "Received: from mx{number}.example.net (mx{number}.example.net [192.0.2.{number}])\r\n"
    " by mail.example.com with ESMTPS id 4Xk{number}TzQ2mP9 (version=TLS1_3 cipher=TLS_AES_256_GCM)\r\n"
    " for <ada@example.com>; Mon, 2 Mar 2026 16:0{number}:12 +0100 (CET)\r\n"
)


def inbox_mails(count: int) -> list[bytes]:
    """Write `count` mails, half of them by machines."""
    kinds = islice(
        cycle(kind for pair in zip(MACHINES, PEOPLE, strict=True) for kind in pair), count
    )
    addresses = {f"grace@firm{number}.example": kind for number, kind in enumerate(kinds)}
    personas = Personas(1, addresses)
    return [_filled_up(raw) for address in addresses for raw in _reactions(personas, address)]


def _reactions(personas: Personas, address: str) -> Iterator[bytes]:
    yield from (mail.raw for mail in personas.react(_letter(address), 1, _SENT_AT))


def _letter(address: str) -> ReceivedLetter:
    identifier = f"letter-to-{address.partition('@')[2]}@example.com"
    letter = Letter(identifier, _SENDER, "Ada Adler", address, "A question", _LETTER, _SENT_AT)
    return read_letter(_SENDER, address, to_bytes(letter), _SENT_AT)


def _filled_up(raw: bytes) -> bytes:
    """Put the traces of servers on top, as any mail has them, until the size is reached."""
    number = 0
    while len(raw) < SIZE - len(_TRACE) // 2:
        number += 1
        raw = _TRACE.format(number=number % 10).encode() + raw
    return raw
