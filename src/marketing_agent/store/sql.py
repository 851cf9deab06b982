"""Statements of the hot path, written by hand where building them costs ten times their answer.

The same text runs on both engines. Rows come back through `Model.objects.raw`, which knows the columns'
types.
"""

from collections.abc import Sized
from datetime import datetime

from django.db import connection


def marks(values: Sized) -> str:
    """Give a placeholder for each of the values, for `IN (…)`; an empty one matches nothing."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def at(moment: datetime) -> object:
    """Give a moment as the engine stores it."""
    return connection.ops.adapt_datetimefield_value(moment)
