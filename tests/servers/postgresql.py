"""A private PostgreSQL for one test run: own data folder, own port, no durability."""

import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.ordinary_user import OrdinaryUser, ordinary_user, private_folder
from servers.process import LOOPBACK, accepts_connections, free_port, running

USER = "marketing"
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
    "timezone": "UTC",
}


class PostgresqlMissingError(RuntimeError):
    """PostgreSQL's programs are not installed."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a private cluster on a free loopback port; gives the URL of its first database.

    Raises:
        PostgresqlMissingError: no `initdb` and `postgres` are installed.
        ServerFailedError: the server did not come up; the message holds its log.
    """
    programs, owner = programs_folder(), ordinary_user()
    password, port = secrets.token_hex(12), free_port()
    with private_folder("postgresql", owner) as folder:
        _initialise(programs, folder, owner, password)
        settings = [f"--{name}={value}" for name, value in FAST_AND_FORGETFUL.items()]
        command = [programs / "postgres", "-D", folder / "data", "-p", str(port), *settings]
        with running("PostgreSQL", command, folder / "log", owner, signal.SIGINT) as server:
            server.wait_until(lambda: accepts_connections(port))
            yield f"postgresql://{USER}:{password}@{LOOPBACK}:{port}/postgres"


def programs_folder() -> Path:
    """Return the folder that holds `initdb` and `postgres`, the newest version first."""
    versions = sorted(DEBIAN_FOLDER.glob("*/bin/initdb"), key=lambda p: -int(p.parts[-3]))
    on_path = shutil.which("initdb")
    found = [*versions, *([Path(on_path).resolve()] if on_path else [])]
    if not found:
        raise PostgresqlMissingError("PostgreSQL is not installed (Debian package: postgresql).")
    return found[0].parent


def _initialise(programs: Path, folder: Path, owner: OrdinaryUser, password: str) -> None:
    password_file = owner.own_text(folder / "password", password)
    command = [programs / "initdb", "-D", folder / "data", "-U", USER, "--no-sync"]
    options = ["--auth=scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", "--locale=C"]
    subprocess.run(  # type: ignore[call-overload]  # keywords of OrdinaryUser
        [*command, *options], check=True, capture_output=True, cwd="/", **owner.popen_arguments()
    )
