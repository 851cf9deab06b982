"""A worker that reads, judges and tells, timed from the mail's arrival to the salesperson's webhook."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter

from django.db import connections

from marketing_agent.inboxes.actions import put_secret
from marketing_agent.operations.actions import set_switch
from marketing_agent.sandbox.certificates import make_certificates
from marketing_agent.sandbox.imap_server import ImapServer
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


class Salesperson(HTTPServer):
    """A webhook that puts the moment of each call into a queue."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.calls: queue.Queue[float] = queue.Queue()


class _Hook(BaseHTTPRequestHandler):
    server: Salesperson

    def do_POST(self) -> None:
        """Take the call."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.put(perf_counter())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def measure(certificates: Path, by_idle: int, by_poll: int) -> list[Told]:
    """Time replies one after the other."""
    made = make_certificates(certificates)
    with (
        ImapServer({INBOX: PASSWORD}, clock.now, certificates=made) as imap,
        _salesperson() as sales,
    ):
        add_sequences(by_idle + by_poll, 1, imap.port)
        put_secret("NOTIFY_SALES", f"json://127.0.0.1:{sales.server_port}/", BY, START)
        numbers = iter(range(by_idle + by_poll))
        return [
            Told("tells of new mail (IDLE)", _timed(imap, sales, numbers, by_idle, idle=20)),
            Told("is polled every minute", _timed(imap, sales, numbers, by_poll, idle=0)),
        ]


def _timed(
    imap: ImapServer, sales: Salesperson, numbers: Iterator[int], count: int, *, idle: int
) -> list[float]:
    set_switch("imap_idle_inboxes", idle, BY, START)
    connections.close_all()
    with _worker():
        Event().wait(SETTLING_S)
        return [_one(imap, sales, next(numbers)) for _ in range(count)]


def _one(imap: ImapServer, sales: Salesperson, number: int) -> float:
    begun = perf_counter()
    imap.deliver(INBOX, "INBOX", _reply(number), clock.now())
    return sales.calls.get(timeout=PATIENCE_S) - begun


def _reply(number: int) -> bytes:
    return (
        f"From: Grace <grace@firm{number}.example>\r\nTo: {INBOX}\r\nSubject: Re: A question\r\n"
        f"Message-ID: <reply{number}@firm{number}.example>\r\nIn-Reply-To: <{message_id(number)}>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nYes, I am interested. Please tell me more.\r\n"
    ).encode()


@contextmanager
def _salesperson() -> Iterator[Salesperson]:
    server = Salesperson()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _worker() -> Iterator[None]:
    command = [str(Path(sys.executable).with_name("marketing-agent")), "worker"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  our own program
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
