"""Reading inboxes over IMAP: by UID, folder by folder, with back-off when a server has trouble.

A mail is stored raw before anything is made of it; how far a folder was read is written in the same
transaction. Reading goes on under an emergency stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from marketing_agent.inbound.actions.polls import poll_failed, poll_fell_short, poll_succeeded
from marketing_agent.inbound.reading import Reading
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import ImapStatus, Inbox
from marketing_agent.mail.imap import (
    Folders,
    ImapError,
    ImapHangs,
    ImapRefused,
    ImapUnavailable,
)
from marketing_agent.operations.config import read
from marketing_agent.store.lanes import Lanes

HANGS = 3
"""How often one inbox's server is waited for in vain before the poll leaves it."""

POLL_EVERY_S = 45


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of one inbox came to: mails read, mails new to us, and the trouble if any."""

    address: str
    fetched: int = 0
    new: int = 0
    error: str = ""


@dataclass(slots=True)
class Haul:
    """What the folders of one inbox brought, and the sentences about what they could not."""

    fetched: int = 0
    new: int = 0
    hangs: int = 0
    connected: bool = True
    troubles: list[str] = field(default_factory=list)

    def read(self, reading: Reading) -> None:
        """Read a folder and count it in.

        Raises:
            ImapError: when the inbox itself could not be opened.
        """
        try:
            reading.run()
        except ImapError as error:
            if reading.role == "inbox":
                raise
            self.troubles.append(f"{reading.name}: {error}")
            self.hangs += isinstance(error, ImapHangs)
        finally:
            self._add(reading)

    def _add(self, reading: Reading) -> None:
        self.fetched += reading.fetched
        self.new += reading.new
        self.hangs += reading.hangs
        self.connected &= not (reading.role == "inbox" and reading.barren)
        if reading.trouble:
            self.troubles.append(reading.trouble)


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
    kept, haul = pool or SessionPool(), Haul()
    try:
        _read(inbox, kept, haul, now)
    except (ImapError, SecretError) as error:
        poll_failed(inbox, error, now)
        return PollResult(inbox.address, haul.fetched, haul.new, str(error))
    finally:
        if pool is None:
            kept.close()
    if haul.troubles:
        poll_fell_short(inbox, haul.troubles[0], now, connected=haul.connected)
        return PollResult(inbox.address, haul.fetched, haul.new, haul.troubles[0])
    poll_succeeded(inbox, now)
    return PollResult(inbox.address, haul.fetched, haul.new)


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
    # The job comes round every 45 s; only a longer interval has to be kept here.
    rare = every.total_seconds() > POLL_EVERY_S and status.last_poll_at is not None
    return not (rare and status.last_poll_at is not None and now - status.last_poll_at < every)


def _read(inbox: Inbox, pool: SessionPool, haul: Haul, now: datetime) -> None:
    """Read all folders, each with the trouble of its own; without the inbox itself the poll has failed."""
    refused: ImapRefused | None = None
    for name, role in _wanted(_folders(inbox, pool, haul)):
        if haul.hangs >= HANGS:
            haul.troubles.append(f"{name} was left out, as the server does not answer.")
            break
        try:
            haul.read(Reading(inbox, pool, name, role, now))
        except ImapRefused as error:  # of the inbox itself; the other folders can be read
            refused = error
    if refused is not None:
        raise refused


def _folders(inbox: Inbox, pool: SessionPool, haul: Haul) -> Folders:
    """Ask which folders there are; a kept session that the server has closed is opened once more.

    A server that does not tell has an inbox all the same.
    """
    kept = pool.holds(inbox)
    try:
        return _listed(inbox, pool)
    except ImapRefused as error:
        haul.troubles.append(str(error))
        return Folders("INBOX", None, None, None)
    except ImapUnavailable:
        if not kept:
            raise
    return _listed(inbox, pool)


def _listed(inbox: Inbox, pool: SessionPool) -> Folders:
    with pool.session(inbox) as session:
        return session.folders()


def _wanted(folders: Folders) -> Iterator[tuple[str, str]]:
    """Give the folders to read, each once: a server may call one folder by two uses."""
    roles = ((folders.all_mail, "all"), (folders.junk, "junk"), (folders.inbox, "inbox"))
    once = {name: role for name, role in roles if name}
    return reversed(once.items())
