"""Reading one folder of one inbox: a mail that cannot be read neither is lost nor stops those behind it.

How far a folder was read never moves past a mail that the server still holds and that we have not: what
could not be read is asked for again at the next poll.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketing_agent.inbound.actions.arrivals import advance, kept_above, store_mails, turn_to
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.mail.imap import (
    Fetched,
    ImapError,
    ImapHangs,
    ImapRefused,
    ImapSession,
    ImapUnavailable,
    Mailbox,
)

PER_POLL = 2_000
"""Mails read from one folder in one poll; the rest follows in the next one."""

CHUNK, CHUNK_BYTES = 50, 4 * 1024 * 1024

SINGLY = 20
"""Mails read one by one after a batch has failed, to find the one that it failed at."""

FAILURES = 3
"""Failures in one folder after which the rest of it waits for the next poll."""


@dataclass(slots=True)
class Reading:
    """One folder's reading: what it brought, and what it could not bring.

    Attributes:
        fetched: mails read.
        new: mails that the inbox did not have.
        unread: mails that the server holds and did not give, with the reason.
        failures: the errors on the way, each of which cost a connection.
    """

    inbox: Inbox
    pool: SessionPool
    name: str
    role: str
    now: datetime
    fetched: int = 0
    new: int = 0
    unread: dict[int, str] = field(default_factory=dict)
    failures: list[ImapError] = field(default_factory=list)
    _folder: Folder | None = None
    _known: set[int] = field(default_factory=set)
    _asked: list[int] = field(default_factory=list)
    _left: list[int] = field(default_factory=list)
    _singly: int = 0

    def run(self) -> None:
        """Read what is new.

        Raises:
            ImapError: when the folder cannot be opened, at first or after a failure.
        """
        try:
            self._session()
        except (ImapHangs, ImapRefused):
            raise
        except ImapUnavailable:  # a connection that broke between two folders is opened once more
            self._session()
        while self._left and len(self.failures) < FAILURES:
            self._session()

    def _session(self) -> None:
        """Read as far as one connection lasts; a failure while reading is noted, and read around."""
        reading = False
        try:
            with self.pool.session(self.inbox) as session:
                self._open(session)
                reading = True
                self._read_on(session)
        except ImapError as error:
            if not reading:
                raise
            self._note(error)

    @property
    def trouble(self) -> str:
        """Say in a sentence what could not be read; empty when all was."""
        missing = len(self._left) + len(self.unread)
        if not missing:
            return ""
        reasons = [*map(str, self.failures), *self.unread.values()]
        return f"{self.name}: {missing} mails could not be read: {reasons[0]}"

    @property
    def hangs(self) -> int:
        """How often the server was waited for in vain."""
        return sum(isinstance(each, ImapHangs) for each in self.failures)

    @property
    def barren(self) -> bool:
        """Whether there was something to read and nothing came, but for failures."""
        return bool(self.failures) and not self.fetched

    def _open(self, session: ImapSession) -> None:
        mailbox = session.select(self.name)
        if self._folder is None:
            self._begin(session, mailbox)
        elif self._folder.uidvalidity != mailbox.uidvalidity:
            raise ImapUnavailable(f"{self.name} was numbered anew meanwhile.", temporary=True)

    def _begin(self, session: ImapSession, mailbox: Mailbox) -> None:
        """Find out what there is to read: all that came since, but for what came from behind a gap."""
        self._folder = folder = turn_to(self.inbox, self.name, self.role, mailbox, self.now)
        self._known = kept_above(folder)
        self._asked = session.uids_since(folder.last_uid, PER_POLL, self._known)
        self._left = list(self._asked)
        if self._known and not self._asked:
            advance(folder, self._reach(), self.now)

    def _read_on(self, session: ImapSession) -> None:
        while self._left:
            some = self._left[:1] if self._singly else list(self._left)
            self._take(session, some)
            self._account_for(session, some)
            self._singly = max(0, self._singly - 1)

    def _note(self, error: ImapError) -> None:
        """Read mail by mail after a failure; the one at which that fails waits for the next poll."""
        self.failures.append(error)
        if self._singly and self._left:
            self.unread[self._left.pop(0)] = str(error)
            self._singly -= 1
        else:
            self._singly = SINGLY

    def _take(self, session: ImapSession, uids: Sequence[int]) -> None:
        """Fetch mails and keep them in chunks; what came before a failure is kept as well."""
        chunk: list[Fetched] = []
        try:
            for mail in session.fetch(uids):
                chunk.append(mail)
                if len(chunk) >= CHUNK or sum(len(each.raw) for each in chunk) > CHUNK_BYTES:
                    self._keep(chunk)
                    chunk = []
        finally:
            self._keep(chunk)

    def _keep(self, mails: list[Fetched]) -> None:
        if not mails or self._folder is None:
            return
        self._tick_off({mail.uid for mail in mails})
        self.fetched += len(mails)
        self.new += store_mails(self.inbox, self._folder, mails, self.now, self._reach())

    def _account_for(self, session: ImapSession, uids: Sequence[int]) -> None:
        """Tell mails that have vanished from those that the server only does not give."""
        missing = set(self._left) & set(uids)
        there = session.present(missing)
        self.unread |= dict.fromkeys(
            sorted(there), "The server holds the mail and does not give it."
        )
        self._tick_off(missing)
        if missing and self._folder is not None:
            advance(self._folder, self._reach(), self.now)

    def _tick_off(self, uids: set[int]) -> None:
        self._left = [uid for uid in self._left if uid not in uids]

    def _reach(self) -> int:
        """Give the UID up to which nothing is missing."""
        missing = min([*self._left, *self.unread], default=None)
        if missing is not None:
            return missing - 1
        # Where a poll's portion ends, there may be more before what came from behind a gap.
        behind = self._known if len(self._asked) < PER_POLL else set[int]()
        return max({*self._asked, *behind})
