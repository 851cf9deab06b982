"""How the sandbox's servers are told to misbehave: a hook that is asked at every step."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The steps of an SMTP conversation at which a server may be told what to answer."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    FINAL = "final"
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


Answer = str | Mishap | None
"""A full reply line such as `550 5.1.1 user unknown`, a mishap, or None: answer as usual."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an SMTP server knows when it is about to answer.

    `address` is what this step is about: the sender at MAIL, the recipient at RCPT, the first
    accepted recipient at DATA and FINAL, the account at AUTH, empty otherwise.
    """

    verb: Verb
    address: str = ""
    sender: str = ""
    account: str | None = None


Decide = Callable[[Moment], Answer]
"""The hook. It is called in the server's thread, so it must be quick and know about threads."""


def as_usual(_moment: Moment) -> Answer:
    """Answer every step as a healthy server does."""
    return None
