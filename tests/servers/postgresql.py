"""A private PostgreSQL for one test run: own data folder, own port, no durability."""

import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers.ordinary_user import OrdinaryUser, ordinary_user, private_folder, remove_folder
from servers.process import LOOPBACK, ServerProcess, accepts_connections, free_port, launch

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


@dataclass
class PostgresqlCluster:
    """A running cluster; `stop` ends it and removes its data."""

    url: str
    folder: Path
    server: ServerProcess

    def stop(self) -> None:
        """End the server (PostgreSQL's *fast* shutdown) and remove its data."""
        self.server.stop(signal.SIGINT)
        remove_folder(self.folder)


def start_postgresql() -> PostgresqlCluster:
    """Create and start a private cluster that listens on a free loopback port.

    Raises:
        PostgresqlMissingError: no `initdb` and `postgres` are installed.
        ServerFailedError: the server did not come up; the message holds its log.
    """
    programs, owner = programs_folder(), ordinary_user()
    folder, password, port = private_folder("postgresql", owner), secrets.token_hex(12), free_port()
    _initialise(programs, folder, owner, password)
    settings = [f"--{name}={value}" for name, value in FAST_AND_FORGETFUL.items()]
    command = [programs / "postgres", "-D", folder / "data", "-p", str(port), *settings]
    server = launch("PostgreSQL", command, folder / "log", **owner.popen_arguments())
    server.wait_until(lambda: accepts_connections(port))
    url = f"postgresql://{USER}:{password}@{LOOPBACK}:{port}/postgres"
    return PostgresqlCluster(url, folder, server)


def programs_folder() -> Path:
    """Return the folder that holds `initdb` and `postgres`, the newest version first."""
    versions = sorted(DEBIAN_FOLDER.glob("*/bin/initdb"), key=lambda p: -int(p.parts[-3]))
    on_path = shutil.which("initdb")
    found = [*versions, *([Path(on_path).resolve()] if on_path else [])]
    if not found:
        raise PostgresqlMissingError("PostgreSQL is not installed (Debian package: postgresql).")
    return found[0].parent


def _initialise(programs: Path, folder: Path, owner: OrdinaryUser, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password)
    owner.own(password_file)
    command = [programs / "initdb", "-D", folder / "data", "-U", USER, "--no-sync"]
    options = ["--auth=scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", "--locale=C"]
    subprocess.run(  # type: ignore[call-overload]  # keywords of OrdinaryUser
        [*command, *options], check=True, capture_output=True, cwd="/", **owner.popen_arguments()
    )
