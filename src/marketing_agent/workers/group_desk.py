"""The desk of many lanes: one thread does all database work and commits for everybody who waits.

A commit costs one sync to disk whatever it holds, so letters that stand at the door together share it.
A letter that comes alone is served at once. In company the desk lingers for two milliseconds at most,
until as many have gathered as of late: a group costs much the same, however many share it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from django.db import connections

from marketing_agent.outbox import door
from marketing_agent.outbox.actions import outcomes, passage
from marketing_agent.outbox.tickets import NowSource, Result, Ticket

GROUP = 64
"""Letters that share a commit at most; a statement's parameters stay far below SQLite's bound."""
LINGER_S = 0.002
"""Longest wait for the next letter of a group (seconds); nothing beside a server's time to answer."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Errand:
    """Something a lane waits for: which verb, with what, and how it went."""

    verb: str
    subject: object
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


def _hold(held: tuple[Ticket, str], now: datetime) -> None:
    outcomes.hold(held[0], held[1], now)


class GroupDesk:
    """Admits and records the letters of many lanes in groups; a context manager."""

    def __init__(self, now: NowSource) -> None:
        self._now = now
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._usual = 1  # letters in a group of late
        self._thread = threading.Thread(target=self._serve, name="desk")
        self._verbs: dict[str, Callable[[list[Any]], None]] = {
            "record": self._all(outcomes.record),
            "admit": self._all(door.admit),
            "turn_back": self._each(passage.turn_back),
            "hold": self._each(_hold),
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._errands.put(None)
        self._thread.join()

    def admit(self, ticket: Ticket) -> bool:
        """Ask the door; True means the attempt is on disk and DATA may begin."""
        self._run("admit", ticket)
        return ticket.admitted

    def record(self, result: Result) -> None:
        """Write the outcome of a try down."""
        self._run("record", result)

    def turn_back(self, ticket: Ticket) -> None:
        """Write down that the door refused."""
        self._run("turn_back", ticket)

    def hold(self, ticket: Ticket, trace: str) -> None:
        """Keep a letter that met a bug of ours, with its traceback, for a person."""
        self._run("hold", (ticket, trace))

    def _run(self, verb: str, subject: object) -> None:
        errand = _Errand(verb, subject)
        self._errands.put(errand)
        errand.done.wait()
        if errand.error is not None:
            raise errand.error

    def _serve(self) -> None:
        at_the_door: list[_Errand] = []
        open_ = True
        while open_:
            group, open_ = self._gather(at_the_door)
            at_the_door = self._put_off(group) if open_ and not at_the_door else []
            for verb in self._verbs:
                self._settle(
                    [each for each in group if each.verb == verb and each not in at_the_door]
                )
        connections.close_all()

    def _gather(self, waiting: list[_Errand]) -> tuple[list[_Errand], bool]:
        """Take what waits; and in company, wait a moment for as many as came of late."""
        group, open_ = list(waiting), True
        try:
            while open_:
                errand = self._next(len(group))
                open_ = errand is not None
                group += [errand] if errand else []
        except Empty:
            pass  # the group is complete
        self._usual = max(len(group), self._usual - 1)
        return group, open_

    def _next(self, gathered: int) -> "_Errand | None":
        """Give the next errand, or None at the end; raises Empty when the group is complete."""
        if not gathered:
            return self._errands.get()
        if gathered >= GROUP:
            raise Empty
        if gathered >= self._usual:
            return self._errands.get_nowait()
        return self._errands.get(timeout=LINGER_S)

    def _put_off(self, group: list[_Errand]) -> list[_Errand]:
        """Let letters at the door wait, once, for those whose outcome is written now: they come next."""
        outcomes_too = any(each.verb == "record" for each in group)
        return [each for each in group if each.verb == "admit"] if outcomes_too else []

    def _settle(self, errands: list[_Errand]) -> None:
        if not errands:
            return
        try:
            self._verbs[errands[0].verb]([each.subject for each in errands])
        except Exception as error:  # noqa: BLE001  handed to the lanes that wait, which hold the letter
            self._settle_apart(errands, error)
        for each in errands:
            each.done.set()

    def _settle_apart(self, errands: list[_Errand], error: Exception) -> None:
        """Let one letter's trouble stay its own: the group is tried again one by one."""
        if len(errands) == 1:
            errands[0].error = error
            return
        for each in errands:
            self._settle([each])

    def _all(self, verb: Callable[[list[T], datetime], None]) -> Callable[[list[T]], None]:
        return lambda subjects: verb(subjects, self._now())

    def _each(self, verb: Callable[[T, datetime], None]) -> Callable[[list[T]], None]:
        def run(subjects: list[T]) -> None:
            for subject in subjects:
                verb(subject, self._now())

        return run
