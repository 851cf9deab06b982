"""The report of an import: one line for every row that did not enter, with its reason."""

import csv
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from marketing_agent.prospects.csv_rows import Refused

COLUMNS = ("line", "address", "code", "reason")
_FORMULA = tuple("=+-@\t")


class Report(AbstractContextManager["Report"]):
    """A CSV file that only its owner may read; with no path, nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._stream: TextIO | None = _create(path) if path else None
        self._write([COLUMNS])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._stream:
            self._stream.close()

    def add(self, refused: Iterable[Refused]) -> None:
        """Write the rows and hand them to the operating system, so that a kill loses none."""
        self._write((row.line, _safe(row.address), row.code, row.sentence) for row in refused)

    def _write(self, rows: Iterable[tuple[object, ...]]) -> None:
        if self._stream:
            csv.writer(self._stream).writerows(rows)
            self._stream.flush()


def _create(path: Path) -> TextIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


def _safe(text: str) -> str:
    """Keep a spreadsheet from running what a stranger wrote as a formula."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
