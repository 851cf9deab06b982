"""Noticing that the database file was replaced under a running process, as `mv` and most restores do.

An open connection goes on with the old file, which nobody else sees any more: letters recorded there would
be forgotten at once.
"""

import os

from django.db import connection, connections


def reconnect_if_replaced() -> bool:
    """Close this thread's connections when SQLite's file is another one than at the last call.

    Cheap enough for every turn: one look at the file's number. On PostgreSQL it does nothing.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    mine = connections["default"]  # Django keeps one a thread, across reconnects
    number = _number_of(str(mine.settings_dict["NAME"]))
    before = getattr(mine, "file_number", number)
    mine.file_number = number  # type: ignore[attr-defined]  # ours, beside Django's own
    if before == number:
        return False
    connections.close_all()
    return True


def _number_of(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)  # noqa: PTH116  two numbers of one call
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
