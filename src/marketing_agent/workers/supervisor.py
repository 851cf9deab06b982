"""Keeps web server and worker running: starts them, restarts them with back-off, ends both by pid.

It imports nothing of the program, so that it stays small; it knows its children by their commands.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

SETTLED_S = 30.0
"""A child that has run this long fell over for a new reason; its back-off begins anew."""

LONGEST_WAIT_S = 60.0
GRACE_S = 630.0
"""The reply to a letter's final dot may take ten minutes (RFC 5321 4.5.3.2.6); ending earlier would
leave a letter whose outcome nobody knows."""

LOOK_S = 0.5
_PR_SET_PDEATHSIG = 1  # prctl(2): a child is ended with us, even if we are killed


def wait_before_restart(failures: int) -> float:
    """Give the seconds to wait after so many falls in a row: 1, 2, 4 … 60."""
    return min(2.0 ** max(0, failures - 1), LONGEST_WAIT_S)


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0

    @property
    def running(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self, now: float) -> None:
        """Start the process in our own group, so that a terminal's signals reach it."""
        self.process = subprocess.Popen(  # noqa: S603  our own commands
            self.command,
            env={"MALLOC_ARENA_MAX": "2"} | os.environ,  # threads reuse each other's memory
            preexec_fn=_end_with_parent,  # noqa: PLW1509  one thread here
        )
        self.started_at = now

    def look(self, now: float) -> None:
        """Start the process if its time has come; note a fall and when to start it again."""
        if self.running:
            return
        if self.process is not None:
            self._note_fall(self.process.returncode, now)
        if now >= self.start_at:
            self.start(now)

    def _note_fall(self, code: int, now: float) -> None:
        settled = now - self.started_at >= SETTLED_S
        self.failures = 1 if settled else self.failures + 1
        wait_s = wait_before_restart(self.failures)
        self.start_at = now + wait_s
        self.process = None
        _say(f"{self.name} ended with code {code}; it starts again in {wait_s:.0f} s.")

    def end(self, number: int) -> None:
        """Send a signal to this very process."""
        if self.process is not None and self.running:
            self.process.send_signal(number)


@dataclass(slots=True)
class Supervisor:
    """Keeps its children running until it is told to end."""

    children: Sequence[Child]
    monotonic: Callable[[], float] = time.monotonic
    grace_s: float = GRACE_S
    _wake: threading.Event = field(default_factory=threading.Event)
    _signals: int = 0

    def run(self) -> None:
        """Supervise until a signal comes, then end every child in order; a second signal hurries."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        while not self._signals:
            for child in self.children:
                child.look(self.monotonic())
            self._wake.wait(LOOK_S)
        self._end()

    def stop(self) -> None:
        """Ask for the end, as a signal would."""
        self._signals += 1
        self._wake.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _end(self) -> None:
        _say("Ending: steps under way are finished first; a second signal ends them at once.")
        for child in self.children:
            child.end(signal.SIGTERM)
        give_up_at = self.monotonic() + self.grace_s
        while self._any_running() and self.monotonic() < give_up_at and self._signals < 2:  # noqa: PLR2004  the second signal
            self._wake.clear()
            self._wake.wait(LOOK_S / 5)
        for child in self.children:
            child.end(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _any_running(self) -> bool:
        return any(child.running for child in self.children)


def _end_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _say(text: str) -> None:
    sys.stderr.write(f"up: {text}\n")
    sys.stderr.flush()


def main(options: Sequence[str]) -> None:
    """Supervise web (with `options`) and worker."""
    start = [sys.executable, "-m", "marketing_agent.cli"]
    web, worker = Child("web", [*start, "web", *options]), Child("worker", [*start, "worker"])
    Supervisor((web, worker)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
