"""The made-up salesperson: a webhook on loopback that is told of replies, and approves some answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from zlib import crc32

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import SuggestionState
from marketing_agent.inbound.actions.answers import Wording
from marketing_agent.inbound.models import Suggestion
from marketing_agent.workers.answering import approve

BY = Actor("sally", "sandbox")
COFFEE = timedelta(minutes=25)
"""How long a suggested answer waits before she looks at it."""

_LONGEST = 1_000_000  # octets of one notice


class Salesperson(ThreadingHTTPServer):
    """Counts what it is told; `url` is the channel's address for `NOTIFY_SALES`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.told = 0

    @property
    def url(self) -> str:
        """The channel as Apprise names it."""
        return f"json://127.0.0.1:{self.server_port}/"

    def work(self, now: datetime) -> None:
        """Approve every second of the answers that have waited a while; the others run out."""
        waiting = Suggestion.objects.filter(
            state=SuggestionState.OPEN, created_at__lte=now - COFFEE, expires_at__gt=now
        )
        for each in waiting.select_related("item").order_by("id"):
            if crc32(each.item.from_address.encode()) % 2:
                approve(each.public_id, Wording(), BY, now)


class _Hook(BaseHTTPRequestHandler):
    server: Salesperson

    def do_POST(self) -> None:
        """Take a notice."""
        self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _LONGEST))
        self.server.told += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing on the screen."""


@contextmanager
def at_work() -> Iterator[Salesperson]:
    """Listen while the block runs."""
    with Salesperson() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
