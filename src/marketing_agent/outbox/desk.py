"""The desk that writes at once, in the calling thread; `workers.group_desk` writes for many threads."""

from collections.abc import Iterator
from contextlib import contextmanager

from marketing_agent.operations.stop import is_fresh
from marketing_agent.outbox import door, last_word
from marketing_agent.outbox.actions import outcomes, passage
from marketing_agent.outbox.tickets import NowSource, Result, Ticket


class DirectDesk:
    """Admits and records one letter at a time."""

    def __init__(self, now: NowSource) -> None:
        self._now = now

    def admit(self, ticket: Ticket) -> bool:
        """Ask the door; True means the attempt is on disk and DATA may begin."""
        door.admit([ticket], self._now())
        return ticket.admitted

    @contextmanager
    def passing(self, ticket: Ticket) -> Iterator[bool]:
        """Have the last word; a reading of the stop that took too long is taken anew."""
        stop = "" if is_fresh(ticket.read_at) else last_word.look_again(ticket).reason
        yield last_word.say(ticket, stop, self._now())

    def record(self, result: Result) -> None:
        """Write the outcome of a try down."""
        outcomes.record([result], self._now())

    def turn_back(self, ticket: Ticket) -> None:
        """Write down that the door refused."""
        passage.turn_back(ticket, self._now())

    def hold(self, ticket: Ticket, trace: str) -> None:
        """Keep a letter that met a bug of ours, with its traceback, for a person."""
        outcomes.hold(ticket, trace, self._now())
