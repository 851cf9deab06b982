"""What a hostile SMTP server does at a verb: deeds for `hostile.scripted_smtp`."""

from contextlib import suppress
from itertools import count
from socket import SHUT_RDWR
from threading import Event

from hostile.scripted_smtp import Deed, Talk

LONGEST_HANG_S = 20.0


def says(*replies: str | bytes) -> Deed:
    """Say these, one right behind the other, whatever was asked."""
    return lambda talk: talk.say(b"".join(_line(each) for each in replies))


def usually_and(*replies: str | bytes) -> Deed:
    """Answer as usual, and in the same breath say these."""
    return lambda talk: talk.say(b"".join(_line(each) for each in (talk.usual(), *replies)))


def takes_and(*replies: str | bytes) -> Deed:
    """Accept the letter and say these about it."""

    def deed(talk: Talk) -> None:
        talk.take()
        talk.say(b"".join(_line(each) for each in replies))

    return deed


class Doorway:
    """A deed at RCPT: answer as usual, and do another deed once the letter stands at the door."""

    def __init__(self, deed: Deed) -> None:
        self._deed = deed
        self._reached, self._done = Event(), Event()

    def __call__(self, talk: Talk) -> None:
        talk.say(talk.usual())
        self._reached.wait(LONGEST_HANG_S)
        try:
            self._deed(talk)
        finally:
            self._done.set()

    def pass_by(self) -> bool:
        """Let the deed be done, and wait for it; called by whoever stands at the door."""
        self._reached.set()
        return self._done.wait(LONGEST_HANG_S)


def closes(talk: Talk) -> None:
    """Hang up."""
    with suppress(OSError):
        talk.sock.shutdown(SHUT_RDWR)
    talk.leave()


def hangs(talk: Talk) -> None:
    """Say nothing until the client leaves."""
    talk.hear_out()


def drips(talk: Talk) -> None:
    """Say the usual answer an octet at a time, so slowly that its end would take minutes."""
    for octet in talk.words().encode():
        talk.say(bytes([octet]))
        if not talk.stays(0.05):
            talk.leave()
    talk.leave()


def babbles(talk: Talk) -> None:
    """Begin an answer that never ends."""
    code = talk.words()[:3].encode()
    for _ in count():
        talk.say((code + b"-and another thing\r\n") * 1000)


def babbles_in_one_line(talk: Talk) -> None:
    """Begin a line that never ends."""
    talk.say(talk.words()[:3].encode() + b" ")
    for _ in count():
        talk.say(b"x" * 65536)


def answers_late(talk: Talk) -> None:
    """Give the usual answer when the client has given up."""
    while talk.stays(0.02):
        pass
    talk.say(talk.words())
    talk.hear_out()


def takes_and_answers_late(talk: Talk) -> None:
    """Accept the letter, and say so when the client has given up."""
    talk.take()
    answers_late(talk)


def stops_reading(talk: Talk) -> None:
    """Ask for the letter and read nothing of it."""
    talk.say("354 go on")
    talk.server.stopping.wait(LONGEST_HANG_S)
    talk.leave()


def sips(talk: Talk) -> None:
    """Ask for the letter and read it so slowly that it would take minutes."""
    talk.say("354 go on")
    while not talk.server.stopping.wait(0.02):
        talk.sip()


def talks_rubbish_instead_of_tls(talk: Talk) -> None:
    """Agree to begin TLS, and answer the handshake with something else."""
    talk.say("220 go ahead")
    talk.sip()
    talk.say("this is no handshake")
    talk.hear_out()


def hangs_in_the_handshake(talk: Talk) -> None:
    """Agree to begin TLS, and leave the handshake without an answer."""
    talk.say("220 go ahead")
    talk.hear_out()


def leaves_in_the_handshake(talk: Talk) -> None:
    """Agree to begin TLS, and hang up in the middle of the handshake."""
    talk.say("220 go ahead")
    talk.sip()
    talk.leave()


def leaves_after_the_handshake(talk: Talk) -> None:
    """Begin TLS, and hang up."""
    talk.say("220 go ahead")
    talk.encrypt(talk.server.context)
    talk.leave()


def shows_certificate(of: str) -> Deed:
    """Begin TLS with another certificate, `elsewhere` or `stranger`."""

    def deed(talk: Talk) -> None:
        talk.say("220 go ahead")
        talk.encrypt(talk.server.contexts[of])

    return deed


def under_tls(deed: Deed) -> Deed:
    """Do it once TLS has begun, before that answer as usual."""
    return lambda talk: deed(talk) if talk.secure else talk.say(talk.usual())


def refuses_amid(*replies: str | bytes, after: int = 1) -> Deed:
    """Ask for the letter, read some lines of it, say these, and hang up."""

    def deed(talk: Talk) -> None:
        talk.say("354 go on")
        for _ in range(after):
            talk.hear()
        says(*replies)(talk)
        talk.hear_out()

    return deed


def once(deed: Deed, times: int = 1) -> Deed:
    """Do it the first time only, later answer as usual."""
    used = count()
    return lambda talk: deed(talk) if next(used) < times else talk.say(talk.usual())


def _line(said: str | bytes) -> bytes:
    return said if isinstance(said, bytes) else said.encode() + b"\r\n"
