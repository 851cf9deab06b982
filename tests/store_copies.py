"""Old copies of a test's database, put back as an operator would: by `cp`, or by a template."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection, connections


def keep_copy() -> str:
    """Copy the database as it is now; gives the copy's name."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connections.close_all()  # the last one to leave writes the WAL into the file
        return str(shutil.copy(name, f"{name}.old"))
    copy = f"{name}_old"
    with _maintaining() as database:
        _say(database, f'DROP DATABASE IF EXISTS "{copy}"')
        _say(database, f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    return copy


def put_back(copy: str) -> None:
    """Put an old copy in the place of the database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connections.close_all()
        for ending in ("-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        Path(copy).replace(name)
        return
    with _maintaining() as database:
        _say(database, f'DROP DATABASE "{name}"')
        _say(database, f'ALTER DATABASE "{copy}" RENAME TO "{name}"')


def _say(database: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    database.execute(statement.encode())  # names of databases cannot be parameters


@contextmanager
def _maintaining() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Give a connection beside the database, to which nobody may be connected meanwhile."""
    known = connection.settings_dict
    connections.close_all()
    with psycopg.connect(
        dbname="postgres",
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        autocommit=True,
    ) as database:
        yield database
