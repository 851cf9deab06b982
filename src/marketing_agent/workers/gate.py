"""The gate that all lanes of a process pass right before DATA; an emergency stop closes it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Open until a stop is read. Whoever passes sends the command DATA before anybody can close it.

    So once it is closed and the stop acknowledged, no DATA of this process can follow.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop = ""
        self._under_way = 0

    def follow(self, stop: str) -> int:
        """Close for a stop with this reason, or open for the empty one; gives letters under way."""
        with self._lock:
            self._stop = stop
            return self._under_way

    @contextmanager
    def passing(self) -> Iterator[str]:
        """Give the reason of the stop that bars the way, or nothing; it stays so inside the block."""
        with self._lock:
            yield self._stop

    def went_through(self) -> None:
        """Count a letter whose DATA begins; called inside of `passing`."""
        self._under_way += 1

    def came_back(self) -> None:
        """Count a letter less: its outcome is known, or nobody will know it."""
        with self._lock:
            self._under_way -= 1
