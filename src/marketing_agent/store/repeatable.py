"""Commits that need not wait for the disk, for work that is simply done again after a power cut.

Both databases write their log in order: such a commit is on disk at the latest with the next durable
one of any connection, whole or not at all. So whatever is decided on it, and written durably, can
never outlive it; all that a power cut may take is the newest of these commits themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_ON = {
    "sqlite": ("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"),
    "postgresql": ("SET synchronous_commit = off", "RESET synchronous_commit"),
}


@contextmanager
def repeatable() -> Iterator[None]:
    """Let this thread's commits not wait for the disk while the body runs.

    Inside a transaction nothing changes: it is somebody else's, and may have to be durable.
    """
    if connection.in_atomic_block:
        yield
        return
    begin, end = _ON[connection.vendor]
    _say(begin)
    try:
        yield
    finally:
        _say(end)


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
