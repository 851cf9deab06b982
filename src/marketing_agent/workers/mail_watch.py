"""Threads that wait for mail, one for each inbox whose server offers IDLE, and the one that keeps them.

A hint makes the reading job due at once; the job that comes every 45 s stays the truth. The keeper
alone speaks to the database: it starts and ends watches as inboxes and secrets come, change and go.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

import structlog
from django.db import DatabaseError, connections

from marketing_agent.inbound.watch import FIRST_RECONNECT_S, Watcher
from marketing_agent.inboxes.connection import imap_endpoint
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.operations.config import read
from marketing_agent.workers.actions import make_due

JOB = "read-inboxes"
LOOK_EVERY_S = 10.0
"""How soon a new inbox, a removed one or a replaced secret is noticed, in seconds."""

GRACE_S = 0.5
"""How long the end waits for watches that are just talking to a server; a hung one is left behind."""

_log = structlog.get_logger(__name__)


class _Watch:
    """A running thread and the line by which it is told to end."""

    def __init__(self, endpoint: Endpoint, hint: Callable[[], None], reconnect_s: float) -> None:
        self.endpoint = endpoint
        self._line, self._far_end = socket.socketpair()
        watcher = Watcher(endpoint, hint, self._far_end, reconnect_s)
        self._thread = threading.Thread(
            target=self._run, args=(watcher,), name=f"watch-{endpoint.username}", daemon=True
        )
        self._thread.start()

    def _run(self, watcher: Watcher) -> None:
        with self._far_end:
            watcher.run()

    @property
    def alive(self) -> bool:
        """Say whether it watches; it ended by itself when the server does not offer IDLE."""
        return self._thread.is_alive()

    def end(self) -> None:
        """Tell the thread to end, without waiting for it."""
        self._line.close()

    def join(self, seconds: float) -> None:
        """Wait for its end, up to so many seconds."""
        self._thread.join(max(0.0, seconds))


@dataclass(slots=True)
class MailWatch:
    """Keeps the watches while the block runs; a context manager.

    Attributes:
        now: the clock.
        look_every_s: seconds between two looks at inboxes and secrets.
        reconnect_s: seconds before a broken connection is first opened again.
    """

    now: Callable[[], datetime]
    look_every_s: float = LOOK_EVERY_S
    reconnect_s: float = FIRST_RECONNECT_S
    _watches: dict[int, _Watch] = field(default_factory=dict)
    _bell: threading.Event = field(default_factory=threading.Event)
    _hinted: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _look_at: float = 0.0
    _keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._keeper = threading.Thread(target=self._keep, name="mail-watch")
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._bell.set()
        if self._keeper is not None:
            self._keeper.join()

    def _keep(self) -> None:
        try:
            while not self._ending.is_set():
                self._turn_safely()
                self._bell.wait(self.look_every_s)
                self._bell.clear()
        finally:
            self._end_all()
            connections.close_all()

    def _turn_safely(self) -> None:
        try:
            self._turn()
        except DatabaseError:
            _log.exception("the mail watch's turn failed")
            connections.close_all()  # a database that is away comes back; the poll goes on meanwhile

    def _turn(self) -> None:
        if self._hinted.is_set():
            self._hinted.clear()
            make_due(JOB, self.now())
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + self.look_every_s
            self._look()

    def _look(self) -> None:
        most = int(read("imap_idle_inboxes"))
        wanted = _endpoints() if most else {}
        self._end_stale(wanted, most)
        for inbox_id, endpoint in wanted.items():
            if inbox_id not in self._watches and self._running() < most:
                self._watches[inbox_id] = _Watch(endpoint, self._hint, self.reconnect_s)

    def _hint(self) -> None:
        """Take a hint; called by the watches' threads."""
        self._hinted.set()
        self._bell.set()

    def _end_stale(self, wanted: dict[int, Endpoint], most: int) -> None:
        """End watches of inboxes that are gone or log in otherwise now, and those over the cap."""
        over = self._running() - most
        for inbox_id, watch in list(reversed(self._watches.items())):
            if wanted.get(inbox_id) != watch.endpoint or (over > 0 and watch.alive):
                over -= watch.alive
                self._watches.pop(inbox_id).end()

    def _running(self) -> int:
        return sum(watch.alive for watch in self._watches.values())

    def _end_all(self) -> None:
        for watch in self._watches.values():
            watch.end()
        give_up_at = time.monotonic() + GRACE_S
        for watch in self._watches.values():
            watch.join(give_up_at - time.monotonic())


def _endpoints() -> dict[int, Endpoint]:
    """Give the IMAP server of every inbox that has one, the oldest inbox first."""
    found: dict[int, Endpoint] = {}
    for inbox in Inbox.objects.order_by("id"):
        try:
            found[inbox.pk] = imap_endpoint(inbox)
        except SecretError:
            continue  # an inbox without credentials for IMAP is never read
    return found
