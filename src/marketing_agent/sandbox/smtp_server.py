"""An SMTP submission server on a loopback socket that remembers all it accepted.

As a program (`python -m marketing_agent.sandbox.smtp_server --port 0`) it is the sink of the
benchmarks: it prints its port, serves until its standard input ends, and prints its count.
"""

import argparse
import asyncio
import logging
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Self

from marketing_agent.sandbox.answers import Answer, Decide, Moment, as_usual
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.loop_thread import LoopThread
from marketing_agent.sandbox.smtp_conversation import Conversation, Desk

LOOPBACK = "127.0.0.1"


class Security(StrEnum):
    """How a connection is protected: TLS from the first byte, after STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"

    def server_context(self, certificates: Certificates | None) -> ssl.SSLContext | None:
        """Return the TLS context that a server needs for this, or None for PLAIN.

        Raises:
            ValueError: TLS is asked for without certificates.
        """
        if self is Security.PLAIN:
            return None
        if certificates is None:
            raise ValueError(f"The security {self} needs certificates; pass some, or use PLAIN.")
        return certificates.server_context()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that the server took responsibility for, in the order of acceptance."""

    envelope_from: str
    to: tuple[str, ...]
    raw: bytes
    account: str | None
    at: datetime | None


class SmtpServer:
    """Accepts mail on 127.0.0.1 after a password login, and asks `decide` at every step.

    `accounts` maps user names to passwords; empty means that no login is asked for.
    `clock` stamps the deliveries; `received` hears of each one in the server's thread, before
    the client hears `250`. Use it as a context manager, or `start` and `stop` it.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        certificates: Certificates | None = None,
        security: Security = Security.STARTTLS,
        decide: Decide = as_usual,
        clock: Callable[[], datetime] | None = None,
        received: Callable[[Delivery], None] | None = None,
        port: int = 0,
    ) -> None:
        self.accounts = dict(accounts or {})
        self.decide = decide
        self.security = security
        self._context = security.server_context(certificates)
        self._clock, self._received = clock, received
        self._accepted: list[Delivery] = []
        self._lock = Lock()
        self._port = port
        self._thread = LoopThread("sandbox-smtp")
        self._open: set[Conversation] = set()
        self._listener: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that the server listens on; known once it was started."""
        return self._port

    @property
    def accepted(self) -> tuple[Delivery, ...]:
        """Every message accepted so far, oldest first: the truth about what left."""
        with self._lock:
            return tuple(self._accepted)

    @property
    def accepted_count(self) -> int:
        """How many messages were accepted so far."""
        return len(self._accepted)

    def start(self) -> None:
        """Listen; the port is `port`."""
        # aiosmtpd warns at every login of a deprecated attribute that it sets itself.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._thread.start()
        self._thread.run(self._listen())

    def stop(self) -> None:
        """Stop listening, drop every connection, and end the thread."""
        if self._listener:
            self._thread.call(self._hang_up)
        self._thread.stop()

    def drop_connections(self) -> None:
        """Close every open connection at once, as a server that restarts does."""
        self._thread.call(self._drop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    async def _listen(self) -> None:
        implicit = self._context if self.security is Security.TLS else None
        self._listener = await asyncio.get_running_loop().create_server(
            self._conversation, LOOPBACK, self._port, ssl=implicit
        )
        self._port = self._listener.sockets[0].getsockname()[1]

    def _hang_up(self) -> None:
        if self._listener:
            self._listener.close()
        self._drop()

    def _drop(self) -> None:
        for conversation in tuple(self._open):
            conversation.hang_up()

    def _conversation(self) -> Conversation:
        desk = Desk(self._ask, self._accept, self._may_log_in)
        starttls = self._context if self.security is Security.STARTTLS else None
        return Conversation(
            desk, self._open, self._thread.loop, starttls, must_log_in=bool(self.accounts)
        )

    def _ask(self, moment: Moment) -> Answer:
        # A fault may be switched on while mail flows, so the hook is looked up at each step.
        return self.decide(moment)

    def _may_log_in(self, user: str, password: str) -> bool:
        return not self.accounts or self.accounts.get(user) == password

    def _accept(self, sender: str, to: tuple[str, ...], raw: bytes, account: str | None) -> None:
        at = self._clock() if self._clock else None
        delivery = Delivery(sender, to, raw, account, at)
        with self._lock:
            self._accepted.append(delivery)
        if self._received:
            self._received(delivery)


def main() -> None:
    """Serve as a sink: print the port, wait for the end of standard input, print the count."""
    parser = argparse.ArgumentParser(description="An SMTP sink on a loopback port.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--security", type=Security, default=Security.PLAIN, help="tls, starttls")
    parser.add_argument("--certificates", type=Path, help="folder for ca.pem, where TLS is asked")
    parser.add_argument("--account", action="append", default=[], metavar="USER:PASSWORD")
    options = parser.parse_args()
    made = make_certificates(options.certificates) if options.certificates else None
    accounts = dict(account.split(":", 1) for account in options.account)
    with SmtpServer(
        accounts, certificates=made, security=options.security, port=options.port
    ) as server:
        print(server.port, flush=True)  # noqa: T201  the caller reads the port here
        sys.stdin.read()
        print(server.accepted_count, flush=True)  # noqa: T201  and the count at the end


if __name__ == "__main__":
    main()
