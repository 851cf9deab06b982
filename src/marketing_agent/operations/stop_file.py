"""The file STOP in the home: an emergency stop that works when nothing else does, and outlives a restore.

A person may make it (`touch STOP`, with a reason in it or not); every stop of the program has one too,
written beside the store, so that a database from yesterday cannot forget the stop of today.
"""

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from marketing_agent.settings import settings
from marketing_agent.store.whole_file import write_whole

NAME = "STOP"
_LONGEST = 4_000  # characters that are read; the rest of a larger file says nothing more
_EXACT = timedelta(seconds=2)  # some file systems keep no finer times
_FIELDS = ("id", "since", "by", "reason")


@dataclass(frozen=True, slots=True)
class FileOrder:
    """What the file says. `stop_id` is empty where a person made it, or touched one of ours, by hand."""

    stop_id: str
    by: str
    at: datetime
    reason: str


def path() -> Path:
    """Give the file's place."""
    return settings().home / NAME


def exists() -> bool:
    """Say whether the file is there, or whether that cannot be told, which counts as yes."""
    try:
        os.stat(path())  # noqa: PTH116  asked right before every DATA; Path.exists() hides what went wrong
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def read() -> FileOrder | None:
    """Give the order, or None without a file. A file that cannot be read is an order, too."""
    where = path()
    try:
        at = datetime.fromtimestamp(where.stat().st_mtime, tz=UTC)
        text = where.read_text("utf-8", "replace")[:_LONGEST].replace("\0", " ")
    except FileNotFoundError:
        return None
    except OSError as error:
        return FileOrder("", _by_hand(), datetime.fromtimestamp(0, tz=UTC), _unreadable(error))
    return _understood(text, at)


def write(stop_id: str, by: str, at: datetime, reason: str) -> None:
    """Write the file of a stop, whole; where its text finds no room, an empty one, which stops as well.

    Raises:
        OSError: when it cannot be written.
    """
    one_line = " ".join(reason.split())
    text = (
        "Everything is stopped: no letter leaves while this file is here.\n"
        f"id: {stop_id}\nsince: {at.isoformat()}\nby: {by}\nreason: {one_line}\n"
        "End it with: marketing-agent resume --gradually\n"
    )
    try:
        # With the time of the stop, so that the touch of a person is told from what we wrote.
        write_whole(path(), text, durable=True, at=at)
    except OSError:
        path().touch()


def remove() -> None:
    """Remove the file, should there be one.

    Raises:
        OSError: when it cannot be removed.
    """
    path().unlink(missing_ok=True)


def _understood(text: str, at: datetime) -> FileOrder:
    said = dict(pair for line in text.splitlines() if (pair := _field(line)))
    if not said.get("id"):
        return FileOrder("", _by_hand(), at, " ".join(text.split())[:500])
    since, reason = _moment(said, at), said.get("reason", "")
    if abs(at - since) > _EXACT:
        # Somebody means it now, whatever became of the stop that it was of.
        return FileOrder("", _by_hand(), at, reason)
    return FileOrder(said["id"], said.get("by", ""), since, reason)


def _field(line: str) -> tuple[str, str] | None:
    name, mark, value = line.partition(":")
    return (name, value.strip()) if mark and name in _FIELDS else None


def _moment(said: dict[str, str], otherwise: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(said.get("since", ""))
    except ValueError:
        return otherwise
    return found if found.tzinfo else otherwise


def _by_hand() -> str:
    return f"the file {NAME} on {socket.gethostname()}"


def _unreadable(error: OSError) -> str:
    return f"the file {path()} cannot be read: {error.strerror or error}"
