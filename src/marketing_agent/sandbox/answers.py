"""How the sandbox's servers are told to misbehave: a hook that is asked at every step."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The steps of an SMTP conversation at which a server may be told what to answer."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    FINAL = "final"
    RSET = "rset"
    QUIT = "quit"


class Mishap(StrEnum):
    """What a server may do instead of answering."""

    CLOSE = "close"
    """Close the connection; at `Verb.FINAL` before the message is recorded."""
    HANG = "hang"
    """Say nothing until the client or the test gives up; nothing is recorded."""
    ACCEPT_AND_CLOSE = "accept_and_close"
    """At `Verb.FINAL`: record the message, then close without a reply (RFC 1047)."""
    ACCEPT_AND_HANG = "accept_and_hang"
    """At `Verb.FINAL`: record the message, then say nothing."""


class Manner(StrEnum):
    """How an SMTP server may say what it says as usual; an IMAP server knows no such manners."""

    TWICE = "twice"
    """Say it two times, one right behind the other."""
    AT_LENGTH = "at_length"
    """Say it in a thousand lines, of 100 kB together."""
    IN_ONE_BREATH = "in_one_breath"
    """Say it in one line of 100 kB."""
    IN_OCTETS = "in_octets"
    """Say it with octets that are neither ASCII nor UTF-8, and a NUL among them."""
    DRIPPING = "dripping"
    """Say it octet by octet, with a pause before each."""
    AND_CLOSE = "and_close"
    """Say it, then close the connection."""


Answer = str | Mishap | Manner | None
"""A full reply such as `550 5.1.1 user unknown`, a mishap, a manner, or None: answer as usual.

A reply may have several lines, and may even be several replies, one a line.
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an SMTP server knows when it is about to answer.

    `address` is what this step is about: the sender at MAIL, the recipient at RCPT, the first
    accepted recipient at DATA and FINAL, the account at AUTH, the client's name at EHLO, empty
    otherwise. EHLO comes twice where STARTTLS is used, the second time with `secure`.
    """

    verb: Verb
    address: str = ""
    sender: str = ""
    account: str | None = None
    secure: bool = False


Decide = Callable[[Moment], Answer]
"""The hook. It is called in the server's thread, so it must be quick and know about threads."""


def as_usual(_moment: Moment) -> Answer:
    """Answer every step as a healthy server does."""
    return None
