"""The desk of many lanes: one thread does all database work and commits for everybody who waits.

A commit costs one sync to disk whatever it holds, so letters that stand at the door together share it.
A letter that comes alone is served at once. In company the desk lingers for two milliseconds at most,
until as many have gathered as of late: a group costs much the same, however many share it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from django.db import connections

from marketing_agent.operations.stop import is_fresh
from marketing_agent.outbox import door, last_word
from marketing_agent.outbox.actions import outcomes, passage
from marketing_agent.outbox.tickets import NowSource, Result, Ticket
from marketing_agent.store.columns import new_public_id
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.gate import Gate
from marketing_agent.workers.patience import patiently
from marketing_agent.workers.stop_watch import LOOK_EVERY_S, StopWatch

GROUP = 64
"""Letters that share a commit at most; a statement's parameters stay far below SQLite's bound."""
LINGER_S = 0.002
"""Longest wait for the next letter of a group (seconds); nothing beside a server's time to answer."""

_SURELY_ALIVE_S = 5.0

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
        self._apart = False  # whether a group has failed and is tried again one by one
        self._thread = threading.Thread(target=self._serve, name="desk")
        self._gate = Gate()
        self._watch = StopWatch(f"{this_owner()}/{new_public_id()[:8]}", self._gate, now)
        self._verbs: dict[str, Callable[[list[Any]], None]] = {
            "record": self._record,
            "look": self._look,
            "admit": self._all(door.admit),
            "turn_back": self._each(passage.turn_back),
            "hold": self._each(_hold),
        }

    def __enter__(self) -> Self:
        self._watch.begin()
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
        self._watch.end()

    def admit(self, ticket: Ticket) -> bool:
        """Ask the door; True means the attempt is on disk and DATA may begin."""
        self._run("admit", ticket)
        return ticket.admitted

    @contextmanager
    def passing(self, ticket: Ticket) -> Iterator[bool]:
        """Have the last word, at the gate that an emergency stop closes for all lanes at once."""
        if not is_fresh(ticket.read_at):
            self._run("look", ticket)
        with self._gate.passing() as stop:
            may = last_word.say(ticket, stop, self._now())
            if may:
                self._gate.went_through()
            yield may

    def record(self, result: Result) -> None:
        """Write the outcome of a try down."""
        self._run("record", result)
        self._came_back(result.ticket)

    def turn_back(self, ticket: Ticket) -> None:
        """Write down that the door or the last word refused."""
        self._run("turn_back", ticket)

    def hold(self, ticket: Ticket, trace: str) -> None:
        """Keep a letter that met a bug of ours, with its traceback, for a person."""
        self._came_back(ticket)
        self._run("hold", (ticket, trace))

    def _came_back(self, ticket: Ticket) -> None:
        if ticket.begun:
            self._gate.came_back()

    def _run(self, verb: str, subject: object) -> None:
        errand = _Errand(verb, subject)
        self._errands.put(errand)
        while not errand.done.wait(_SURELY_ALIVE_S):
            if not self._thread.is_alive():
                raise RuntimeError("The desk's thread has died; its traceback is in the log.")
        if errand.error is not None:
            raise errand.error

    def _serve(self) -> None:
        at_the_door: list[_Errand] = []
        open_ = True
        while open_:
            group, open_ = self._gather(at_the_door)
            at_the_door = self._put_off(group) if open_ and not at_the_door else []
            self._watch.look_if_due()
            for verb in self._verbs:
                self._settle(
                    [each for each in group if each.verb == verb and each not in at_the_door]
                )
        connections.close_all()

    def _record(self, results: list[Result]) -> None:
        """Write outcomes down; nobody else knows them, so a store that is away is waited for."""
        left = list(results)

        def write() -> None:
            outcomes.record(left, self._now())

        def write_the_rest() -> None:
            left[:] = outcomes.unrecorded(results)
            write()

        # A group that failed may be in the store all the same: its commit's answer alone was lost.
        patiently(write_the_rest if self._apart else write, write_the_rest)

    def _look(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self._watch.follow(last_word.look_again(ticket))

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
        """Give the next errand, or None at the end; raises Empty when the group is complete.

        With nothing to do it is complete after a while, too: the stop has to be looked at.
        """
        if not gathered:
            return self._errands.get(timeout=LOOK_EVERY_S)
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
        self._apart = True
        for each in errands:
            self._settle([each])
        self._apart = False

    def _all(self, verb: Callable[[list[T], datetime], None]) -> Callable[[list[T]], None]:
        return lambda subjects: verb(subjects, self._now())

    def _each(self, verb: Callable[[T, datetime], None]) -> Callable[[list[T]], None]:
        def run(subjects: list[T]) -> None:
            for subject in subjects:
                verb(subject, self._now())

        return run
