"""Copies of a world, one for each death: files of SQLite, databases made from a template in PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from crash.place import Place
from servers.process import free_port


class Worlds:
    """Where worlds are kept and copied, on the engine that DATABASE_URL names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._url = os.environ.get("DATABASE_URL", "")
        self._number = 0

    @property
    def engine(self) -> str:
        """Name the engine."""
        return "postgresql" if self._url.startswith("postgres") else "sqlite"

    def empty(self, name: str, ca_file: Path) -> Place:
        """Give a place with a home and a database in which nothing is, and with ports of its own."""
        home = self._folder / name
        home.mkdir()
        database = f"crash_{os.getpid()}_{name}"
        if self.engine == "sqlite":
            database = str(home / "agent.sqlite3")
        else:
            with self._maintaining() as server:
                server.execute(f'CREATE DATABASE "{database}"'.encode())
        ports = {"smtp": free_port(), "imap": free_port()}
        return Place(home=str(home), database=database, ca_file=str(ca_file), **ports)

    @contextmanager
    def copy(self, place: Place) -> Iterator[Place]:
        """Give a copy of a place that nobody is in, home and all; it is gone after the block."""
        self._number += 1
        copied = self.keep(place, f"copy{self._number}")
        yield copied
        shutil.rmtree(copied.home)
        if self.engine == "postgresql":
            with self._maintaining() as server:
                server.execute(f'DROP DATABASE "{copied.database}" WITH (FORCE)'.encode())

    def keep(self, place: Place, name: str) -> Place:
        """Copy a place that nobody is in, under a name."""
        home = self._folder / name
        shutil.copytree(place.home, home)
        if self.engine == "sqlite":
            return replace(place, home=str(home), database=str(home / "agent.sqlite3"))
        database = f"crash_{os.getpid()}_{name}"
        with self._maintaining() as server:
            server.execute(f'CREATE DATABASE "{database}" TEMPLATE "{place.database}"'.encode())
        return replace(place, home=str(home), database=database)

    @contextmanager
    def _maintaining(self) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        """Give a connection beside the worlds."""
        parts = urlsplit(self._url)
        with psycopg.connect(
            dbname="postgres",
            host=parts.hostname,
            port=parts.port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            autocommit=True,
        ) as server:
            yield server
