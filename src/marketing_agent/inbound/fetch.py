"""Reading inboxes over IMAP: by UID, folder by folder, with back-off when a server has trouble.

A mail is stored raw before anything is made of it; how far a folder was read is written in the same
transaction. Reading goes on under an emergency stop.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from marketing_agent.inbound.actions.arrivals import store_mails, turn_to
from marketing_agent.inbound.actions.polls import poll_failed, poll_succeeded
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Folder, ImapStatus, Inbox
from marketing_agent.mail.imap import (
    Fetched,
    Folders,
    ImapError,
    ImapSession,
    ImapUnavailable,
    Mailbox,
)
from marketing_agent.operations.config import read
from marketing_agent.store.lanes import Lanes

PER_POLL = 2_000
"""Mails read from one folder in one poll; the rest follows in the next one."""

FIRST_LOOK = 2_000
"""Of a folder never seen before, so many of the newest mails are read: what is older came before us."""

AGAIN = 20_000
"""After a new UIDVALIDITY so many are read again; those that are known already are not kept twice."""

CHUNK, CHUNK_BYTES = 50, 4 * 1024 * 1024
POLL_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of one inbox came to: mails read, mails new to us, and the trouble if any."""

    address: str
    fetched: int = 0
    new: int = 0
    error: str = ""


def poll_all(
    now: datetime, *, pool: SessionPool | None = None, lanes: Lanes | None = None
) -> dict[str, int]:
    """Read every inbox whose back-off is over; gives counts.

    Args:
        now: UTC.
        pool: keeps sessions open for the next poll; without one they end with this poll.
        lanes: where inboxes are read side by side; without them one after the other.
    """
    kept = pool or SessionPool()
    results: list[PollResult] = []  # appended to by several threads
    ready, waiting = _ready(now)
    read_one = partial(_read_one, pool=kept, results=results, now=now)
    if lanes is None:
        for inbox in ready:
            read_one(inbox)
    else:
        lanes.map(read_one, ready)
    if pool is None:
        kept.close()
    return _counts(results) | {"waiting": waiting}


def _read_one(inbox: Inbox, *, pool: SessionPool, results: list[PollResult], now: datetime) -> None:
    results.append(poll_inbox(inbox, now, pool=pool))


def _counts(results: list[PollResult]) -> dict[str, int]:
    return {
        "inboxes": len(results),
        "fetched": sum(each.fetched for each in results),
        "new": sum(each.new for each in results),
        "failed": sum(bool(each.error) for each in results),
    }


def poll_inbox(inbox: Inbox, now: datetime, *, pool: SessionPool | None = None) -> PollResult:
    """Read what is new in one inbox and write down how it went; never raises for a server's trouble."""
    kept = pool or SessionPool()
    try:
        fetched, new = _read(inbox, kept, now)
    except (ImapError, SecretError) as error:
        poll_failed(inbox, error, now)
        return PollResult(inbox.address, error=str(error))
    finally:
        if pool is None:
            kept.close()
    poll_succeeded(inbox, now)
    return PollResult(inbox.address, fetched, new)


def _ready(now: datetime) -> tuple[list[Inbox], int]:
    """Give the inboxes to read now, and how many wait for their back-off or their turn."""
    statuses = {row.inbox_id: row for row in ImapStatus.objects.all()}
    every = timedelta(seconds=int(read("imap_poll_s")))
    inboxes = list(Inbox.objects.order_by("id"))
    ready = [each for each in inboxes if _is_ready(statuses.get(each.pk), every, now)]
    return ready, len(inboxes) - len(ready)


def _is_ready(status: ImapStatus | None, every: timedelta, now: datetime) -> bool:
    if status is None:
        return True
    if status.retry_at is not None and status.retry_at > now:
        return False
    # The job comes round every minute; only a longer interval has to be kept here.
    rare = every.total_seconds() > POLL_EVERY_S and status.last_poll_at is not None
    return not (rare and status.last_poll_at is not None and now - status.last_poll_at < every)


def _read(inbox: Inbox, pool: SessionPool, now: datetime) -> tuple[int, int]:
    """Read all folders; a kept session that the server has closed meanwhile is opened once more."""
    kept = pool.holds(inbox)
    try:
        return _read_once(inbox, pool, now)
    except ImapUnavailable:
        if not kept:
            raise
    return _read_once(inbox, pool, now)


def _read_once(inbox: Inbox, pool: SessionPool, now: datetime) -> tuple[int, int]:
    fetched = new = 0
    with pool.session(inbox) as session:
        for name, role in _wanted(session.folders()):
            for size, stored in _read_folder(inbox, session, name, role, now):
                fetched += size
                new += stored
    return fetched, new


def _wanted(folders: Folders) -> Iterator[tuple[str, str]]:
    roles = ((folders.inbox, "inbox"), (folders.junk, "junk"), (folders.all_mail, "all"))
    return ((name, role) for name, role in roles if name)


def _read_folder(
    inbox: Inbox, session: ImapSession, name: str, role: str, now: datetime
) -> Iterator[tuple[int, int]]:
    mailbox = session.select(name)
    folder = turn_to(inbox, name, role, mailbox.uidvalidity, _start(mailbox), now)
    for chunk in _chunks(session.fetch_since(folder.last_uid, PER_POLL)):
        yield len(chunk), store_mails(inbox, folder, chunk, now)


def _chunks(mails: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    """Group mails that are stored together: few enough, and small enough for flat memory."""
    chunk: list[Fetched] = []
    for mail in mails:
        chunk.append(mail)
        if len(chunk) >= CHUNK or sum(len(each.raw) for each in chunk) > CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _start(mailbox: Mailbox) -> Callable[[Folder | None], int]:
    """Tell where reading starts in a folder that is new to us or has a new UIDVALIDITY."""

    def start(known: Folder | None) -> int:
        back = FIRST_LOOK if known is None or known.uidvalidity is None else AGAIN
        return max(0, mailbox.uidnext - 1 - back)

    return start
