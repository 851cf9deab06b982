"""Files to import, and the import of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marketing_agent.accounts.actor import Actor
from marketing_agent.prospects.importing import ImportResult, Progress, import_file

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BY = Actor("anna", "cli")
HEADER = "email,company,city,first_name,tier,do_not_contact,already_contacted_at"


def write(folder: Path, text: str | bytes, name: str = "prospects.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def many(count: int) -> str:
    """Rows that are all good."""
    rows = (f"person{n}@firm{n}.de,Firm {n},Berlin" for n in range(count))
    return "\n".join(["email,company,city", *rows])


def bring(
    path: Path,
    *,
    dry_run: bool = False,
    now: datetime = NOW,
    progress: Callable[[Progress], None] | None = None,
    allow_test_domains: bool = False,
) -> ImportResult:
    return import_file(
        path,
        dry_run=dry_run,
        by=BY,
        now=now,
        progress=progress,
        allow_test_domains=allow_test_domains,
    )


def figures(result: ImportResult) -> tuple[int, int, int, int]:
    tally = result.tally
    return tally.rows, tally.imported, tally.duplicates, tally.refused


def codes(result: ImportResult) -> dict[str, Any]:
    return dict(result.tally.reasons)
