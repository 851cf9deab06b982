"""The sandbox's SMTP server as a process of its own, which accepts and counts."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Sink:
    """A running sink; `accepted` is known once it has ended."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.port = port
        self.accepted = 0
        self._process = process

    def end(self) -> None:
        """Let it end by closing its input, and read its count."""
        out, _ = self._process.communicate(timeout=30)
        self.accepted = int(out)


@contextmanager
def running_sink(certificates: Path) -> Iterator[Sink]:
    """Run a STARTTLS sink on a free loopback port; its authority is `certificates`/ca.pem."""
    program = [sys.executable, "-m", "marketing_agent.sandbox.smtp_server"]
    options = ["--port", "0", "--security", "starttls", "--certificates", str(certificates)]
    with subprocess.Popen(  # noqa: S603  our own program
        [*program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101  for the type checker
            sink = Sink(process, int(process.stdout.readline()))
            yield sink
        finally:
            _make_sure_it_ends(process)


def _make_sure_it_ends(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        process.wait(timeout=10)
