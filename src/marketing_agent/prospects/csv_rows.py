"""Rows of a CSV file of any common dialect, streamed; a row that cannot be read is a value, no crash."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from marketing_agent.prospects.csv_encoding import detect_encoding
from marketing_agent.prospects.csv_lines import TOO_LONG, Lines
from marketing_agent.prospects.errors import ImportFileError

MAX_FIELD = 65_536  # characters
_DELIMITERS = ",;\t"
_TOO_LARGE = ("field_too_large", "A field of this row is longer than 64 kB.")


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row and the line (from 1) on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not imported: where, which address, and why, as a code and as a sentence."""

    line: int
    code: str
    sentence: str
    address: str = ""
    suppress: str = ""  # address key that the row forbids to write to, although it is refused


class CsvFile:
    """An open CSV file; iterating gives its rows after the header.

    Raises:
        ImportFileError: on opening, when it is missing, no text, or has no header.
    """

    def __init__(self, path: Path) -> None:
        self.size = _size_of(path)
        encoding = detect_encoding(path)
        # Process-wide in the csv module; every reader of ours wants the same limit.
        csv.field_size_limit(MAX_FIELD)
        # Opened for as long as the object lives; `with CsvFile(...)` closes it.
        self._bytes = path.open("rb")
        self._stream = TextIOWrapper(
            self._bytes, encoding=encoding.name, errors=encoding.errors, newline=""
        )
        self._lines = Lines(self._stream)
        delimiter = self._find_delimiter()
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.header = self._read_header(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[RawRow | Refused]:
        while (row := self._next_row()) is not None:
            if isinstance(row, Refused) or any(cell and not cell.isspace() for cell in row.cells):
                yield row

    @property
    def bytes_read(self) -> int:
        """How far the file has been read, in bytes of `size`."""
        return self._bytes.tell()

    def _next_row(self) -> RawRow | Refused | None:
        self._lines.begin_row()
        line = self._lines.row_starts_at
        try:
            return RawRow(line, next(self._reader))
        except StopIteration:
            return None
        except csv.Error as error:
            self._lines.give_back()
            return Refused(line, *_explain(str(error)))

    def _find_delimiter(self) -> str:
        first = self._peek()
        if first[:4].lower() == "sep=" and len(first) > len("sep="):  # Excel's own hint
            self._lines.begin_row()
            next(self._lines)
            return first[4]
        outside = "".join(first.split('"')[::2])
        return max(_DELIMITERS, key=outside.count)

    def _peek(self) -> str:
        self._lines.begin_row()
        try:
            line = next(self._lines)
        except (StopIteration, csv.Error):
            line = ""
        self._lines.undo()
        return line

    def _read_header(self, path: Path) -> list[str]:
        for row in self:
            if isinstance(row, Refused):
                break
            return row.cells
        self._stream.close()
        raise ImportFileError(f"{path.name} has no readable first line that names its columns.")


def _size_of(path: Path) -> int:
    try:
        if not path.is_file():
            raise ImportFileError(f"There is no file {path}.")
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}.") from None


def _explain(error: str) -> tuple[str, str]:
    if error == TOO_LONG or error.startswith("field larger"):
        return _TOO_LARGE
    return "malformed_row", f"The quotes of this row do not match ({error})."
