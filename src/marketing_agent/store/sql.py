"""Statements of the hot path, written by hand where building them costs ten times their answer.

The same text runs on both engines. Whole rows are best read through `Model.objects.raw`, which knows the
columns' types.
"""

from collections.abc import Sequence, Sized
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

Value = str | int | datetime | None


def marks(values: Sized) -> str:
    """Give a placeholder for each of the values, for `IN (…)`; an empty one matches nothing."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def at(when: datetime) -> Value:
    """Give a moment as the engine stores it."""
    stored: Value = connection.ops.adapt_datetimefield_value(when)
    return stored


def moment(value: datetime | str) -> datetime:
    """Read a moment that came from a computed column: SQLite gives text, in UTC without saying so.

    Raises:
        ValueError: when the store holds something else.
    """
    found = parse_datetime(value) if isinstance(value, str) else value
    if found is None:
        raise ValueError(f"the store holds {value!r} for a time")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def rows(statement: str, values: Sequence[Value]) -> list[tuple[Any, ...]]:
    """Run a reading statement; computed columns come as the engine gives them (see `moment`)."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def locking() -> str:
    """Give the clause that locks what a SELECT reads; SQLite has one writer at a time and needs none."""
    return "FOR UPDATE" if connection.features.has_select_for_update else ""
