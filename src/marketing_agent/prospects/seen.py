"""Which addresses and companies the file has brought before, on which line, in flat memory."""

import sqlite3

_TABLE = "CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"


class Seen:
    """A throw-away table on disk (an unnamed SQLite file), never in the store."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("PRAGMA synchronous=OFF")
        self._table.execute("PRAGMA journal_mode=OFF")
        self._table.execute("BEGIN")
        self._table.execute(_TABLE)

    def line_of(self, key: str) -> int | None:
        """Give the line that brought `key` first."""
        found = self._table.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def add(self, key: str, line: int) -> None:
        """Remember that `line` brought `key`; the first line stays."""
        self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line))

    def close(self) -> None:
        """Throw the table away."""
        self._table.close()
