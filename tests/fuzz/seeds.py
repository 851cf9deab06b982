"""Honest mails to begin with: what the sandbox's people and servers write, one of each behaviour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from fuzz.targets import Food
from marketing_agent.mail.compose import Letter, to_bytes
from marketing_agent.mail.parse import parse
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.letter import ReceivedLetter, read_letter
from marketing_agent.sandbox.personas import Personas

_SENT_AT = datetime(2031, 5, 6, 9, 8, tzinfo=UTC)
_SENDER = "ada@example.com"
_LETTER = "Hello Grace,\n\nwould a short call next week suit you?\n\nKind regards\nAda Adler\n"
_SERVER_LINES = (
    b"220 mx.example.net ESMTP\r\n250-mx.example.net\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n",
    b"550 5.1.1 <grace@example.net>: user unknown\r\n",
    b"421-4.7.0 try again\r\n421 4.7.0 later\r\n",
    b'1 (UID 7 RFC822.SIZE 44 FLAGS (\\Seen) BODY[] {5}\nHello\n)\n2 (UID 8 ENVELOPE (NIL "a" NIL))',
    b"1 (UID 7 BODY[HEADER] {3}\nA: \n FLAGS ())",
    b"INBOX\nSent Items\nJunk E-mail\nAlle Nachrichten",
)
_TEXTS = (
    b"5.7.1\n550 5.7.1 Message blocked, see RFC 5321; said: 554 5.2.2 mailbox full",
    b"Grace Hopper <grace+tag@b\xc3\xbccher.example>",
    b"mailto:grace@example.net?subject=x",
    b"utf-7\nGr+APw-sse =?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?b?IGF1cyBXaWVu?= <a@b.example>",
    b"<div>Yes&nbsp;&#33;<blockquote type=cite>On Tue, Ada wrote:<br>&gt; no</blockquote></div>",
    b"Re: {{ name }}\nAct now!!! http://bit.ly/x null",
)


@cache
def mails() -> tuple[bytes, ...]:
    """A mail from everybody in the sandbox who writes back."""
    cast = {f"grace@{each.replace('_', '-')}.example": each for each in Behaviour}
    personas = Personas(1, cast)
    return tuple(raw for address in cast for raw in _reactions(personas, address))


def seeds_for(food: Food) -> Iterator[bytes]:
    """Give what a target may be fed with to begin."""
    if food is Food.MAIL:
        yield from mails()
    elif food is Food.LINES:
        yield from _SERVER_LINES
    else:
        yield from _TEXTS
        for mail in map(parse, mails()):
            yield from (each.encode() for each in (mail.text, mail.html, mail.subject) if each)


def _reactions(personas: Personas, address: str) -> Iterator[bytes]:
    for nth in (1, 2):
        yield from (mail.raw for mail in personas.react(_letter(address), nth, _SENT_AT))


def _letter(address: str) -> ReceivedLetter:
    identifier = f"letter-to-{address.partition('@')[2]}@example.com"
    letter = Letter(identifier, _SENDER, "Ada Adler", address, "A question", _LETTER, _SENT_AT)
    return read_letter(_SENDER, address, to_bytes(letter), _SENT_AT)
