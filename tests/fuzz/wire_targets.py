"""What a server says: SMTP replies and IMAP answers, read from bytes without a network."""

from dataclasses import dataclass, field
from typing import Any, cast

from imapclient.response_parser import parse_response

from fuzz.promises import at_most, one_of, promise, refused_by, text_of
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.channel import Channel, WireError
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap_errors import ImapError, typed_errors
from marketing_agent.mail.imap_folders import find_roles
from marketing_agent.mail.imap_wire import _answers
from marketing_agent.mail.smtp_wire import KEPT, Wire

_NOWHERE = Endpoint("127.0.0.1", 1, "plain", "ada", "a password")
_PATIENCE = 60.0  # seconds; nothing here waits
_MOST_REPLIES = 20  # of one conversation; a session asks for fewer


@dataclass
class _Tape:
    """A socket that plays what a server said, and then hangs up."""

    said: bytes
    position: int = field(default=0)

    def settimeout(self, _seconds: float) -> None:
        return

    def recv(self, size: int) -> bytes:
        begun, self.position = self.position, self.position + size
        return self.said[begun : self.position]


def check_smtp_reply(data: bytes) -> None:
    """Replies are read until WireError ends the conversation; each reply decides something."""
    wire = Wire(_NOWHERE)
    wire._open = Channel(cast("Any", _Tape(data)))
    for _ in range(_MOST_REPLIES):
        if refused_by(WireError, lambda: _hear(wire)):
            return


def check_smtp_outcome(data: bytes) -> None:
    """Any reply in any phase decides something: phase and code on the first line."""
    head, _, text = text_of(data).partition("\n")
    phases = list(Phase)
    phase = phases[len(head) % len(phases)]
    code = int(head[:3]) if head[:3].isascii() and head[:3].isdigit() else None
    _check_decision(SmtpReply(phase, code, text))


def check_imap_answers(data: bytes) -> None:
    """FETCH answers: lines that end in `{…}` are followed by a literal, as the library gives them."""
    refused_by(ImapError, lambda: _read_answers(data))


def check_imap_folders(data: bytes) -> None:
    """A LIST of any names has an inbox."""
    names = text_of(data).split("\n")
    flags = [b"\\" + name[:8].encode("utf-8", "replace") for name in names]
    found = find_roles(((flag,), b"/", name) for flag, name in zip(flags, names, strict=True))
    promise(found.to_read()[0] == "INBOX", "there is no inbox")
    at_most(len(set(found.to_read())), len(found.to_read()), "folders")


def _hear(wire: Wire) -> None:
    code, text = wire.hear(_PATIENCE)
    promise(0 <= code <= 999, f"code {code}")
    at_most(len(text), KEPT, "characters of a reply")
    _check_decision(SmtpReply(Phase.RCPT, code, text))


def _check_decision(reply: SmtpReply) -> None:
    found = decide(reply)
    one_of(found.outcome, list(Outcome), "outcome")
    promise(found.reason, "the reason is empty")
    sent = found.outcome is Outcome.SENT
    promise(not sent or reply.phase is Phase.FINAL, "a letter counts as sent before its end")


def _read_answers(data: bytes) -> None:
    with typed_errors("imap.example.com"):
        said = _with_literals(data)
        parse_response(list(said))
        for attributes in _answers(said):
            promise(all(isinstance(name, bytes) for name, _ in attributes), "a name is no bytes")


def _with_literals(data: bytes) -> list[Any]:
    """Pair each line that announces a literal with the line behind it."""
    lines = iter(data.split(b"\n"))
    return [(line, next(lines, b"")) if line.endswith(b"}") else line for line in lines]
