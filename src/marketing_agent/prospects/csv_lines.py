"""Lines of a text stream that can be given back, none of them longer than memory allows."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

MAX_LINE = 1 << 20  # characters
TOO_LONG = "line too long"


class Lines(Iterator[str]):
    """Feeds a csv reader, remembers the lines of the row being read, and takes them back.

    A quote that never closes makes the reader swallow all that follows; with the lines given back
    only the row in which it opened is lost.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._back: deque[str | None] = deque()
        self._taken: list[str | None] = []
        self.row_starts_at = 1

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        self._taken.append(line)
        if line is None:
            raise csv.Error(TOO_LONG)
        return line

    def begin_row(self) -> None:
        """Let the next line be the first of a row."""
        self.row_starts_at += len(self._taken)
        self._taken.clear()

    def give_back(self) -> None:
        """Take back every line of this row but its first."""
        self._back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]

    def undo(self) -> None:
        """Take back every line of this row, as if none had been read."""
        self._back.extendleft(reversed(self._taken))
        self._taken.clear()

    def _read(self) -> str | None:
        line = self._stream.readline(MAX_LINE)
        if not line:
            raise StopIteration
        if not _is_cut(line):
            return line
        while _is_cut(self._stream.readline(MAX_LINE)):
            pass
        return None


def _is_cut(line: str) -> bool:
    return len(line) >= MAX_LINE and line[-1] not in "\r\n"
