"""What a hostile IMAP server does: setups for the hooks of `marketing_agent.sandbox.imap_server`."""

import re
from collections.abc import Callable

from inbound.scene import INBOX, NOW, mail
from marketing_agent.sandbox.answers import Answer, Mishap
from marketing_agent.sandbox.imap.session import Cut, ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer

Setup = Callable[[ImapServer], None]
"""Makes a server hostile."""
Change = Callable[[bytes], bytes | Cut]

SELECT, FETCH, SEARCH = "EXAMINE", "UID FETCH", "UID SEARCH"
POISON = b"body b"
"""Stands in the mail that a server has trouble with."""


def answers(command: str, answer: Answer) -> Setup:
    """Answer a command like this."""

    def setup(server: ImapServer) -> None:
        server.decide = lambda moment: answer if moment.command == command else None

    return setup


def says(command: str, change: Change, *holding: bytes) -> Setup:
    """Change what is said during a command, where it holds all of these."""

    def tamper(moment: ImapMoment, said: bytes) -> bytes | Cut:
        wanted = moment.command == command and all(each in said for each in holding)
        return change(said) if wanted else said

    def setup(server: ImapServer) -> None:
        server.tamper = tamper

    return setup


def does(command: str, act: Callable[[ImapServer], object], times: int = 1) -> Setup:
    """Let something happen right before a command is answered."""

    def setup(server: ImapServer) -> None:
        left = [times]

        def decide(moment: ImapMoment) -> Answer:
            if moment.command == command and left[0]:
                left[0] -= 1
                act(server)
            return None

        server.decide = decide

    return setup


def fetches(change: Change, *holding: bytes) -> Setup:
    """Change the answer to a FETCH of mails."""
    return says(FETCH, change, b"BODY[]", *holding)


def cut_in_half(said: bytes) -> Cut:
    """Say one half and close."""
    return Cut(said[: len(said) // 2])


def silence_in_half(said: bytes) -> Cut:
    """Say one half and hang."""
    return Cut(said[: len(said) // 2], Mishap.HANG)


def replaced(pattern: bytes, by: bytes) -> Change:
    """Replace a pattern."""
    return lambda said: re.sub(pattern, by, said)


def literal(more: int) -> Change:
    """Announce so many octets more than are sent, or fewer."""

    def change(said: bytes) -> bytes:
        return re.sub(rb"\{(\d+)\}", lambda found: b"{%d}" % (int(found[1]) + more), said, count=1)

    return change


def preceded(by: bytes) -> Change:
    """Say something before."""
    return lambda said: by + said


def twice(said: bytes) -> bytes:
    """Say it two times."""
    return said + said


def nothing(_said: bytes) -> bytes:
    """Leave it out."""
    return b""


def without_body(said: bytes) -> bytes:
    """Answer about the mail, but without the mail."""
    return said.split(b" BODY[]", 1)[0] + b")\r\n"


def with_body(value: bytes) -> Change:
    """Put something else in the mail's place."""
    return lambda said: said.split(b"BODY[]", 1)[0] + b"BODY[] " + value + b")\r\n"


def only_completion(change: Change) -> Change:
    """Change the line that ends a command, and no other."""
    return lambda said: said if said.startswith((b"* ", b"+ ")) else change(said)


def number_anew(server: ImapServer) -> None:
    """Take a new UIDVALIDITY, after the first mail is gone, so that all UIDs shift."""
    server.expunge(INBOX, "INBOX", 1)
    server.change_uidvalidity(INBOX, "INBOX")


def deliver(server: ImapServer, *bodies: str, folder: str = "INBOX") -> None:
    """Put mails into a folder."""
    for each in bodies:
        server.deliver(INBOX, folder, mail(f"body {each}", subject=f"Re: {each}"), NOW)
