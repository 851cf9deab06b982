"""Importing prospects from a CSV file: streamed, in batches, each row entered or refused by name."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import monotonic

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.prospects.actions.imports import (
    Batch,
    finish_run,
    note_report,
    start_run,
    write_batch,
)
from marketing_agent.prospects.csv_rows import CsvFile, Refused
from marketing_agent.prospects.drafts import Draft, Policy
from marketing_agent.prospects.headers import Columns, map_columns
from marketing_agent.prospects.models import ImportRun
from marketing_agent.prospects.policy import entry_policy
from marketing_agent.prospects.portions import portions
from marketing_agent.prospects.report import Report
from marketing_agent.prospects.rows import read_row
from marketing_agent.prospects.screen import known_among, screen
from marketing_agent.prospects.seen import Seen
from marketing_agent.prospects.tally import Tally
from marketing_agent.settings import settings

BATCH = 1_000
"""Rows in one transaction."""
EXAMPLES = 10
"""Refusals that a result carries itself; the report has them all."""

Banned = Callable[[Collection[str], datetime], None]
"""What happens to address keys in the transaction that forbids to write to them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come."""

    bytes_read: int
    bytes_total: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to: rows = imported + duplicates + refused."""

    run_id: str  # empty after a dry run
    report_path: str  # empty after a dry run
    tally: Tally
    examples: tuple[Refused, ...]

    def as_dict(self) -> dict[str, object]:
        """Give the result as the API and the CLI show it."""
        return {
            "run_id": self.run_id or None,
            "dry_run": not self.run_id,
            "rows": self.tally.rows,
            "imported": self.tally.imported,
            "duplicates": self.tally.duplicates,
            "refused": self.tally.refused,
            "suppressed": self.tally.suppressed,
            "reasons": dict(self.tally.reasons.most_common()),
            "report": self.report_path or None,
            "examples": [_shown(each) for each in self.examples],
        }


def _shown(each: Refused) -> dict[str, object]:
    return {
        "line": each.line,
        "address": each.address,
        "code": each.code,
        "reason": each.sentence,
    }


@dataclass(slots=True)
class _Import:
    """One pass over a file; `run` is None when nothing may change."""

    run: ImportRun | None
    by: Actor
    now: datetime
    seen: Seen
    report: Report
    banned: Banned | None
    tally: Tally = field(default_factory=Tally)
    examples: list[Refused] = field(default_factory=list)

    def take(self, rows: list[Draft | Refused]) -> None:
        """Judge a portion of the file, write what may enter, report what may not."""
        batch = self._judge(rows)
        if self.run is None:
            refused = list(batch.refused)
            self.tally.add(len(batch.entering), refused, len(batch.bans()))
        else:
            refused = self._write(self.run, batch)
        refused.sort(key=lambda each: each.line)
        self.report.add(refused)
        self.examples.extend(islice(refused, EXAMPLES - len(self.examples)))

    @transaction.atomic
    def _write(self, run: ImportRun, batch: Batch) -> list[Refused]:
        refused = write_batch(run, batch, self.tally, self.by, self.now)
        bans = batch.bans()
        if bans and self.banned:
            self.banned(bans.keys(), self.now)
        return refused

    def _judge(self, rows: list[Draft | Refused]) -> Batch:
        drafts = [each for each in rows if isinstance(each, Draft)]
        unreadable = [each for each in rows if isinstance(each, Refused)]
        known = known_among(drafts)
        contacted = [
            one for one in drafts if one.contacted_at and one.address_key in known.addresses
        ]
        entering, refused = screen(drafts, known, self.seen)
        return Batch(entering, unreadable + refused, contacted)


def import_file(
    path: Path,
    *,
    dry_run: bool,
    by: Actor,
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    allow_test_domains: bool = False,
    banned: Banned | None = None,
) -> ImportResult:
    """Import a CSV file; run again, or after a kill, it enters only what is missing.

    Memory does not grow with the file. A dry run writes nothing anywhere. Addresses that the file
    forbids are told to `banned`: `outbox.imports` ends what is under way to them.

    Raises:
        ImportFileError: when the file as a whole cannot be read; nothing has been written then.
    """
    started = monotonic()
    with CsvFile(path) as source:
        columns = map_columns(source.header)
        policy = entry_policy(now, allow_test_domains=allow_test_domains)
        run = None if dry_run else start_run(path.name, by, now)
        report_path = _report_path(run)
        with Report(report_path) as report, closing(Seen()) as seen:
            work = _Import(run, by, now, seen, report, banned)
            for rows in portions(_read(source, columns, policy), BATCH):
                work.take(rows)
                if progress:
                    progress(Progress(source.bytes_read, source.size, work.tally))
    if run:
        finish_run(run, now + timedelta(seconds=monotonic() - started))
    return ImportResult(
        run.public_id if run else "", str(report_path or ""), work.tally, tuple(work.examples)
    )


def _read(source: CsvFile, columns: Columns, policy: Policy) -> Iterator[Draft | Refused]:
    return (read_row(row, columns, policy) for row in source)


def _report_path(run: ImportRun | None) -> Path | None:
    if run is None:
        return None
    path = settings().home / "reports" / f"import-{run.public_id}.csv"
    note_report(run, str(path))
    return path
