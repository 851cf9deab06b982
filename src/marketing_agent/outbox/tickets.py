"""What delivery and the record exchange: a letter at the door, and what came of a try."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.smtp_outcome import Decision
from marketing_agent.outbox.models import Email


@dataclass(slots=True)
class Ticket:
    """One claimed letter on its way: the attempt it opened, and whether the door let it through."""

    email: Email
    attempt_id: int | None = None
    refusal: Refusal | None = None
    lost: bool = False  # the lease was lost: the letter is somebody else's now

    @property
    def admitted(self) -> bool:
        """Say whether DATA may begin (and so may have begun)."""
        return self.attempt_id is not None


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
        """Ask the door; True means the attempt is on disk and DATA may begin."""

    def record(self, result: Result) -> None:
        """Write the outcome of a try down."""

    def turn_back(self, ticket: Ticket) -> None:
        """Write down that the door refused."""

    def hold(self, ticket: Ticket, trace: str) -> None:
        """Keep a letter that met a bug of ours, with its traceback, for a person."""


NowSource = Callable[[], datetime]
