"""Importing prospects with all that follows: a ban in the file ends what is under way."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import SuppressionCause
from marketing_agent.outbox.actions.suppress import silence
from marketing_agent.prospects.importing import ImportResult, Progress, import_file


def import_prospects(
    path: Path,
    *,
    dry_run: bool,
    by: Actor,
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    allow_test_domains: bool = False,
) -> ImportResult:
    """Import a CSV file as `import_file` does; who is known and now banned gets no further letter.

    Raises:
        ImportFileError: when the file as a whole cannot be read; nothing has been written then.
    """
    return import_file(
        path,
        dry_run=dry_run,
        by=by,
        now=now,
        progress=progress,
        allow_test_domains=allow_test_domains,
        banned=_silence,
    )


def _silence(address_keys: Collection[str], now: datetime) -> None:
    silence(address_keys, f"suppressed: {SuppressionCause.DO_NOT_CONTACT}", now)
