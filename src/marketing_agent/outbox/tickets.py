"""What delivery and the record exchange: a letter at the door, and what came of a try."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.smtp_outcome import Decision
from marketing_agent.outbox.models import Email


@dataclass(slots=True)
class Ticket:
    """One claimed letter on its way: how far it came, and what turned it back.

    Attributes:
        email: the letter, under our lease.
        attempt_id: the attempt that the door opened; it is on disk.
        read_at: when the emergency stop was last read for it, on the steady clock (seconds).
        look: what the last look for an answer came to; kept on the attempt.
        begun: whether the command DATA was sent, or was just about to be.
        refusal: why it may not leave now.
        lost: whether the lease was lost; the letter is somebody else's now.
    """

    email: Email
    attempt_id: int | None = None
    read_at: float = 0.0
    look: str = ""
    begun: bool = False
    refusal: Refusal | None = None
    lost: bool = False

    @property
    def admitted(self) -> bool:
        """Say whether the door let it through, so that it stands as *transmitting* in the store."""
        return self.attempt_id is not None


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look for an answer came to: a refusal, or a note that the attempt keeps."""

    refusal: Refusal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one try came to: the server's words, and what we decided they mean."""

    ticket: Ticket
    decision: Decision
    phase: str
    reply: str
    started_at: datetime


class Desk(Protocol):
    """Where every letter is admitted and recorded, durably, before the next thing happens."""

    def admit(self, ticket: Ticket) -> bool:
        """Ask the door; True means the attempt is on disk and the letter stands as *transmitting*."""

    def passing(self, ticket: Ticket) -> AbstractContextManager[bool]:
        """Have the last word: True means that DATA is to be sent inside of the block, and now."""

    def record(self, result: Result) -> None:
        """Write the outcome of a try down."""

    def turn_back(self, ticket: Ticket) -> None:
        """Write down that the door or the last word refused."""

    def hold(self, ticket: Ticket, trace: str) -> None:
        """Keep a letter that met a bug of ours, with its traceback, for a person."""


NowSource = Callable[[], datetime]
