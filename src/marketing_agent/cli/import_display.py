"""How an import shows itself: a bar on a terminal, lines in a pipe, a table at the end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from marketing_agent.cli.output import note, progress, say, table
from marketing_agent.prospects.importing import ImportResult, Progress

_LINE_EVERY = 50_000
"""Rows between two lines where there is no terminal."""


@contextmanager
def display(label: str) -> Iterator[Callable[[Progress], None]]:
    """Give what the import tells its progress to; all of it goes to stderr."""
    if sys.stderr.isatty():
        with progress(label, total=100) as advance:
            yield lambda at: advance(_percent(at))
    else:
        yield _line


def _line(at: Progress) -> None:
    if at.tally.rows % _LINE_EVERY == 0:
        note(f"{at.tally.rows} rows ({_percent(at)} %), {at.tally.imported} imported")


def _percent(at: Progress) -> int:
    return 100 * at.bytes_read // at.bytes_total if at.bytes_total else 100


def say_result(result: ImportResult) -> None:
    """Print what the import came to, why rows were left out, and where the report stands."""
    tally = result.tally
    imported = "imported" if result.run_id else "would be imported"
    figures = [
        ("rows", tally.rows),
        (imported, tally.imported),
        ("already there or twice", tally.duplicates),
        ("refused", tally.refused),
        ("addresses suppressed", tally.suppressed),
    ]
    table(("", "count"), figures)
    if tally.reasons:
        say()
        table(("reason", "rows"), tally.reasons.most_common())
        say()
        table(
            ("line", "address", "why (the first ones)"),
            [(each.line, each.address, each.sentence) for each in result.examples],
        )
    if result.report_path:
        say()
        say(f"Every row that was left out: {result.report_path}")
