"""An IMAP server on a loopback socket over mailboxes in memory, to which a test can deliver."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Self

from marketing_agent.sandbox.answers import Answer
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.mailbox import GMAIL_LIKE, Account, Folder, Mailbox
from marketing_agent.sandbox.imap.session import (
    Cut,
    ImapDecide,
    ImapMoment,
    ImapSession,
    ImapTamper,
    as_written,
)
from marketing_agent.sandbox.loop_thread import LoopThread
from marketing_agent.sandbox.smtp_server import LOOPBACK, Security

_LONGEST_LINE = 1024 * 1024  # octets


def _as_usual(_moment: ImapMoment) -> Answer:
    return None


class ImapServer:
    """Serves the mailboxes of `accounts` (user name to password) on 127.0.0.1.

    `clock` dates what clients append; `decide` is asked before every command, and the attribute `tamper`
    about all that is said. Use it as a context manager, or `start` and `stop` it. Changes need a
    started server; both hooks may make them too.
    """

    def __init__(
        self,
        accounts: Mapping[str, str],
        clock: Callable[[], datetime],
        *,
        certificates: Certificates | None = None,
        security: Security = Security.TLS,
        folders: Iterable[Folder] = GMAIL_LIKE,
        decide: ImapDecide = _as_usual,
        port: int = 0,
    ) -> None:
        self.decide = decide
        self.tamper: ImapTamper = as_written
        self.security = security
        self._folders = tuple(folders)
        self._accounts = {name: Account(word, self._folders) for name, word in accounts.items()}
        self._context = security.server_context(certificates)
        self._clock, self._port = clock, port
        self._thread = LoopThread("sandbox-imap")
        self._open: set[ImapSession] = set()
        self._listener: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that the server listens on; known once it was started."""
        return self._port

    def start(self) -> None:
        """Listen; the port is `port`."""
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

    def put_account(self, address: str, password: str) -> None:
        """Add an account with empty folders, or change the password of one that is there."""
        self._thread.call(lambda: self._put_account(address, password))

    def deliver(self, account: str, folder: str, raw: bytes, at: datetime) -> int:
        """Store a message with INTERNALDATE `at`, wake who idles, and return its UID.

        Raises:
            KeyError: There is no such account or folder.
        """
        return self._thread.call(lambda: self._accounts[account].deliver(folder, raw, at))

    def messages(self, account: str, folder: str) -> tuple[bytes, ...]:
        """Return the messages in a folder, oldest first.

        Raises:
            KeyError: There is no such account or folder.
        """
        return self._thread.call(
            lambda: tuple(each.raw for each in self._mailbox(account, folder).messages)
        )

    def change_uidvalidity(self, account: str, folder: str) -> int:
        """Number a folder's messages afresh under a new UIDVALIDITY, and return that.

        Open sessions notice when they select again, as RFC 3501 section 2.3.1.1 has it.

        Raises:
            KeyError: There is no such account or folder.
        """
        return self._thread.call(lambda: self._mailbox(account, folder).renew())

    def start_over(self, account: str, folder: str) -> None:
        """Empty a folder and give its UIDs away again, under the UIDVALIDITY that it has.

        RFC 3501 section 2.3.1.1 forbids it; a server restored from a backup may do it all the same.

        Raises:
            KeyError: There is no such account or folder.
        """
        self._thread.call(lambda: self._mailbox(account, folder).start_over())

    def expunge(self, account: str, folder: str, *uids: int) -> None:
        """Remove messages; open sessions are not told.

        Raises:
            KeyError: There is no such account or folder.
        """
        self._thread.call(
            lambda: self._mailbox(account, folder).expunge(lambda each: each.uid in uids)
        )

    def rename_folder(self, account: str, folder: str, name: str) -> None:
        """Give a folder another name; its messages, UIDs and special use stay.

        Raises:
            KeyError: There is no such account or folder.
        """
        self._thread.call(lambda: self._accounts[account].rename(folder, name))

    def remove_folder(self, account: str, folder: str) -> None:
        """Remove a folder with all that it holds.

        Raises:
            KeyError: There is no such account or folder.
        """
        self._thread.call(lambda: self._accounts[account].mailboxes.pop(folder))

    def _put_account(self, address: str, password: str) -> None:
        known = self._accounts.setdefault(address, Account(password, self._folders))
        known.password = password

    def _mailbox(self, account: str, folder: str) -> Mailbox:
        return self._accounts[account].mailboxes[folder]

    async def _listen(self) -> None:
        implicit = self._context if self.security is Security.TLS else None
        self._listener = await asyncio.start_server(
            self._serve, LOOPBACK, self._port, ssl=implicit, limit=_LONGEST_LINE
        )
        self._port = self._listener.sockets[0].getsockname()[1]

    def _hang_up(self) -> None:
        if self._listener:
            self._listener.close()
        self._drop()

    def _drop(self) -> None:
        for session in tuple(self._open):
            session.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        starttls = self._context if self.security is Security.STARTTLS else None
        session = ImapSession(
            reader, writer, self._accounts, self._ask, self._clock, starttls, self._change
        )
        self._open.add(session)
        try:
            await session.serve()
        except asyncio.CancelledError:
            return  # the server stops; asyncio would log a cancelled conversation as a fault
        finally:
            self._open.discard(session)

    def _ask(self, moment: ImapMoment) -> Answer:
        # A fault may be switched on while a client works, so the hook is looked up each time.
        return self.decide(moment)

    def _change(self, moment: ImapMoment, said: bytes) -> bytes | Cut:
        return self.tamper(moment, said)
