"""One server process: started, waited for, and ended by its own process id."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from servers.ordinary_user import OrdinaryUser

START_SECONDS = 30.0
STOP_SECONDS = 15.0
PAUSE_SECONDS = 0.02
LOOPBACK = "127.0.0.1"


class ServerFailedError(RuntimeError):
    """A server did not start; the message holds the end of its log."""


@dataclass
class ServerProcess:
    """A running server and the file that it logs to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()` is true; raise ServerFailedError when the server ends first."""
        for _ in range(int(START_SECONDS / PAUSE_SECONDS)):
            if self.process.poll() is not None:
                raise ServerFailedError(f"{self.name} ended at its start:\n{self.log_tail()}")
            if ready():
                return
            Event().wait(PAUSE_SECONDS)
        raise ServerFailedError(f"{self.name} did not answer in time:\n{self.log_tail()}")

    def stop(self, with_signal: signal.Signals) -> None:
        """Ask the server to end; insist after 15 seconds."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(with_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_SECONDS)

    def log_tail(self, lines: int = 30) -> str:
        """Return the last lines that the server logged."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    owner: OrdinaryUser | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[ServerProcess]:
    """Run `command` as `owner`, logging to `log`; the kernel ends it should we be killed."""
    identity = owner.popen_arguments() if owner else {}
    with (owner.own_text(log, "") if owner else log).open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # identity's keywords
            [*_ends_with_us(), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            **identity,
        )
    server = ServerProcess(name, process, log)
    try:
        yield server
    finally:
        server.stop(stop_signal)


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def accepts_connections(port: int) -> bool:
    """Tell whether something listens on the loopback `port`."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _ends_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
