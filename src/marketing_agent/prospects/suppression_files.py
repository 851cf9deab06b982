"""Lists of addresses and domains to suppress: one a line, or a CSV file with a column of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketing_agent.prospects.csv_rows import CsvFile, Refused
from marketing_agent.prospects.identity import fold

_COLUMNS = frozenset(
    {"email", "e mail", "mail", "address", "email address", "e mail address"}
    | {"adresse", "e mail adresse", "mailadresse", "domain", "key"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands on one line: an address or a domain, not yet checked."""

    line: int
    key: str


def read_entries(path: Path) -> Iterator[Entry]:
    """Stream the entries of a file; lines that begin with # are comments.

    Raises:
        ImportFileError: when the file as a whole cannot be read.
    """
    with CsvFile(path) as source:
        column = _column(source.header)
        if column is None:  # no header: the first line is an entry itself
            column = 0
            yield from _entry(1, source.header, column)
        for row in source:
            if isinstance(row, Refused):
                yield Entry(row.line, "")
            else:
                yield from _entry(row.line, row.cells, column)


def _column(header: Sequence[str]) -> int | None:
    for position, cell in enumerate(header):
        if "@" not in cell and "." not in cell and fold(cell) in _COLUMNS:
            return position
    return None


def _entry(line: int, cells: Sequence[str], column: int) -> Iterator[Entry]:
    text = cells[column].strip() if column < len(cells) else ""
    if text and not text.startswith("#"):
        yield Entry(line, text)
