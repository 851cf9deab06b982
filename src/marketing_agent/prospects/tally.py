"""Counting an import."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from marketing_agent.prospects.csv_rows import Refused
from marketing_agent.prospects.screen import DUPLICATES


@dataclass(slots=True)
class Tally:
    """Rows read = imported + duplicates + refused; `reasons` counts the last two by code."""

    imported: int = 0
    duplicates: int = 0
    refused: int = 0
    suppressed: int = 0  # suppressions that the file added
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """All rows read so far."""
        return self.imported + self.duplicates + self.refused

    def add(self, imported: int, refused: Sequence[Refused], suppressed: int) -> None:
        """Count one batch."""
        codes = Counter(each.code for each in refused)
        duplicates = sum(count for code, count in codes.items() if code in DUPLICATES)
        self.imported += imported
        self.duplicates += duplicates
        self.refused += len(refused) - duplicates
        self.suppressed += suppressed
        self.reasons.update(codes)
