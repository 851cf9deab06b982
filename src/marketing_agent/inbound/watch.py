"""Watching an inbox whose server tells of new mail by itself (IMAP IDLE, RFC 2177).

What it tells is a hint that a poll is worth while, never more: the poll alone decides what is new.
"""

import selectors
import socket
from collections.abc import Callable

from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapError, ImapSession, Mailbox

LONGEST_WAIT_S = 25 * 60.0
"""A server may end an idle connection after 30 minutes (RFC 2177 section 3)."""

FIRST_RECONNECT_S, LONGEST_RECONNECT_S = 5.0, 15 * 60.0
REFUSED_S = 5 * 60.0
"""A refused login waits longer from the start: providers lock accounts that knock too often."""


class Watcher:
    """Watches one inbox over a connection of its own; touches no database.

    Args:
        endpoint: the IMAP server and the login.
        hint: called when there may be mail that no poll has seen.
        wake: becomes readable when the watching is to end.
        reconnect_s: seconds before the first new attempt after the connection broke.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        hint: Callable[[], None],
        wake: socket.socket,
        reconnect_s: float = FIRST_RECONNECT_S,
    ) -> None:
        self._endpoint = endpoint
        self._hint = hint
        self._wake = wake
        self._reconnect_s = reconnect_s
        self._failures = 0
        self._seen: tuple[int, int] | None = None

    def run(self) -> None:
        """Watch until woken, or until the server turns out not to offer IDLE; never raises for it."""
        offered = True
        while offered and not self._woken(0):
            try:
                offered = self._connection()
            except ImapError as error:  # the poll meets the same trouble and writes it down
                self._failures += 1
                self._woken(reconnect_after(self._failures, self._reconnect_s, error))

    def _connection(self) -> bool:
        """Idle over one connection until woken; False when the server does not offer that."""
        with ImapSession(self._endpoint) as session:
            if not session.has_idle():
                return False
            while not self._woken(0):
                self._compare(session.select("INBOX"))
                session.idle(LONGEST_WAIT_S, self._wake)
        return True

    def _compare(self, mailbox: Mailbox) -> None:
        """Hint when the inbox has moved on since the last look, be it during the wait or an outage."""
        self._failures = 0
        place = (mailbox.uidvalidity, mailbox.uidnext)
        if place != self._seen:
            self._seen = place
            self._hint()

    def _woken(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as one:
            one.register(self._wake, selectors.EVENT_READ)
            return bool(one.select(seconds))


def reconnect_after(failures: int, first_s: float, error: ImapError) -> float:
    """Give the seconds to wait after so many failures in a row: doubling, up to a quarter of an hour."""
    start = first_s if error.temporary else max(first_s, REFUSED_S)
    return min(LONGEST_RECONNECT_S, start * 2.0 ** min(20, failures - 1))
