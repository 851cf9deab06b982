"""How long we wait for a lock that somebody else holds on the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Run the block in a transaction that waits for no lock longer than this.

    Raises:
        OperationalError: when somebody held a lock for longer.
    """
    wait = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    with wait(round(1000 * seconds)):
        yield


@contextmanager
def _on_sqlite(milliseconds: int) -> Iterator[None]:
    usual = _busy_timeout()
    _set_busy_timeout(milliseconds)
    try:
        with transaction.atomic():
            yield
    finally:
        _set_busy_timeout(usual)


def _busy_timeout() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def _set_busy_timeout(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds:d}")  # a pragma takes no parameters


@contextmanager
def _on_postgresql(milliseconds: int) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
        yield
