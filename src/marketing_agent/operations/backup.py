"""A copy of the store before it is changed."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection

from marketing_agent.operations.errors import OperatorError
from marketing_agent.settings import settings

KEPT = 10
_TIMEOUT_S = 3600


class BackupFailed(OperatorError):  # noqa: N818  it reads as what it says
    """The store could not be copied; it was not changed either."""

    code = "backup_failed"
    status = 500


def backup_before_migration(now: datetime) -> Path | None:
    """Copy the store into <home>/backups; gives the file, or None when there is nothing to copy.

    SQLite is copied by its backup API, for a plain copy would lose what stands in the WAL;
    PostgreSQL by pg_dump.

    Raises:
        BackupFailed: when it could not be copied.
    """
    folder = settings().home / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"before-migration-{now:%Y%m%dT%H%M%SZ}"
    made = (
        _sqlite(folder / f"{name}.sqlite3")
        if _is_sqlite()
        else _postgresql(folder / f"{name}.dump")
    )
    _keep_the_last(folder)
    return made


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _sqlite(target: Path) -> Path | None:
    source = Path(str(connection.settings_dict["NAME"]))
    if not source.is_file() or source.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise BackupFailed(f"The database could not be copied to {target}: {error}.") from None
    target.chmod(0o600)
    return target


def _postgresql(target: Path) -> Path | None:
    if not connection.introspection.table_names():
        return None
    tool = shutil.which("pg_dump")
    if tool is None:
        raise BackupFailed(
            "pg_dump is needed to back PostgreSQL up before its tables change. Install the "
            "PostgreSQL client, or run `marketing-agent migrate --no-backup` after your own backup."
        )
    _dump(tool, target)
    target.chmod(0o600)
    return target


def _dump(tool: str, target: Path) -> None:
    known = connection.settings_dict
    given = {
        "PGHOST": known["HOST"],
        "PGPORT": known["PORT"],
        "PGUSER": known["USER"],
        "PGPASSWORD": known["PASSWORD"],
        "PGDATABASE": known["NAME"],
        "PATH": str(Path(tool).parent),
    }
    ended = subprocess.run(  # noqa: S603  a fixed tool; the password travels in the environment
        [tool, "--format=custom", f"--file={target}"],
        env={name: str(value) for name, value in given.items() if value},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if ended.returncode:
        target.unlink(missing_ok=True)
        said = ended.stderr.strip().splitlines()[:1] or ["it gave no reason"]
        raise BackupFailed(f"pg_dump failed: {said[0]}.")


def _keep_the_last(folder: Path) -> None:
    for old in sorted(folder.glob("before-migration-*"))[:-KEPT]:
        old.unlink()
