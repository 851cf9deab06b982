"""Importing lists of addresses and domains that must not be written to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import SuppressionCause
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.prospects.actions.suppressions import normal_key, scope_of
from marketing_agent.prospects.errors import ProspectRefused
from marketing_agent.prospects.portions import portions
from marketing_agent.prospects.suppression_files import Entry, read_entries

_PORTION = 200
"""Suppressions in one transaction."""


@dataclass(slots=True)
class ListResult:
    """What a list came to: read = added + there already + refused (line and reason)."""

    read: int = 0
    added: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Give the result as the API and the CLI show it."""
        return {
            "read": self.read,
            "added": self.added,
            "already_there": self.read - self.added - len(self.refused),
            "refused": [{"line": line, "reason": sentence} for line, sentence in self.refused],
        }


def import_suppressions(
    path: Path, by: Actor, now: datetime, progress: Callable[[int], None] | None = None
) -> ListResult:
    """Suppress every address and domain of a file; run again, it adds only what is missing.

    Raises:
        ImportFileError: when the file as a whole cannot be read.
    """
    result = ListResult()
    for some in portions(read_entries(path), _PORTION):
        _suppress_all(some, path.name, result, by, now)
        result.read += len(some)
        if progress:
            progress(result.read)
    return result


@transaction.atomic
def _suppress_all(
    entries: list[Entry], source: str, result: ListResult, by: Actor, now: datetime
) -> None:
    for each in entries:
        try:
            key = normal_key(scope_of(each.key), each.key)
        except ProspectRefused as error:
            result.refused.append((each.line, str(error)))
            continue
        evidence = f"{source}, line {each.line}"
        row = suppress(scope_of(key), key, SuppressionCause.IMPORT, evidence, by, now)
        result.added += row.created_at == now
