"""A worker that reads, judges and tells, timed from the mail's arrival to the salesperson's webhook."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from statistics import median
from threading import Event
from time import perf_counter

from django.db import connections

from marketing_agent.inboxes.actions import put_secret
from marketing_agent.operations.actions import set_switch
from marketing_agent.sandbox.certificates import make_certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.salesperson import at_work
from marketing_agent.workers import clock
from measuring.letters import BY, START
from measuring.post_office import PASSWORD
from measuring.replies import message_id
from measuring.sequences import add_sequences

INBOX = "inbox1@example.com"
PATIENCE_S = 180.0
SETTLING_S = 15.0
"""A worker that has just begun reads everything at once; timing begins when it has settled."""


@dataclass(frozen=True)
class Told:
    """How long each reply took, in seconds, with one way of learning of new mail."""

    name: str
    seconds: list[float]

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)

    @property
    def slowest(self) -> float:
        """The slowest, in seconds."""
        return max(self.seconds)


def measure(certificates: Path, by_idle: int, by_poll: int) -> list[Told]:
    """Time replies one after the other."""
    made = make_certificates(certificates)
    moments: Queue[float] = Queue()
    with (
        ImapServer({INBOX: PASSWORD}, clock.now, certificates=made) as imap,
        at_work(lambda: moments.put(perf_counter())) as sales,
    ):
        add_sequences(by_idle + by_poll, 1, imap.port)
        put_secret("NOTIFY_SALES", sales.url, BY, START)
        numbers = iter(range(by_idle + by_poll))
        return [
            Told("tells of new mail (IDLE)", _timed(imap, moments, numbers, by_idle, idle=20)),
            Told("is polled every minute", _timed(imap, moments, numbers, by_poll, idle=0)),
        ]


def _timed(
    imap: ImapServer, moments: Queue[float], numbers: Iterator[int], count: int, *, idle: int
) -> list[float]:
    set_switch("imap_idle_inboxes", idle, BY, START)
    connections.close_all()
    with _worker():
        Event().wait(SETTLING_S)
        return [_one(imap, moments, next(numbers)) for _ in range(count)]


def _one(imap: ImapServer, moments: Queue[float], number: int) -> float:
    begun = perf_counter()
    imap.deliver(INBOX, "INBOX", _reply(number), clock.now())
    return moments.get(timeout=PATIENCE_S) - begun


def _reply(number: int) -> bytes:
    return (
        f"From: Grace <grace@firm{number}.example>\r\nTo: {INBOX}\r\nSubject: Re: A question\r\n"
        f"Message-ID: <reply{number}@firm{number}.example>\r\nIn-Reply-To: <{message_id(number)}>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nYes, I am interested. Please tell me more.\r\n"
    ).encode()


@contextmanager
def _worker() -> Iterator[None]:
    command = [str(Path(sys.executable).with_name("marketing-agent")), "worker"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  our own program
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
