"""Running a page's blocks in one shell, in a folder of their own, with every server ended by its pid."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from docs.blocks import Step
from docs.quick_command import quick_command

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
_HEAD = """
trap 'while read -r pid; do kill "$pid" 2>/dev/null; done < "$RUN/pids"; wait' EXIT
"""
_SERVE = """
serve() {{ exec {command}
}}
serve > {out} &
echo $! >> "$RUN/pids"
curl -s -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:{port}/health"
"""


@dataclass(frozen=True)
class Shell:
    """Where a page runs: its folder, its port, and what else its environment holds."""

    folder: Path
    port: int
    more: dict[str, str]

    @property
    def home(self) -> Path:
        """The installation's home."""
        return self.folder / "home"

    def run(self, steps: list[Step]) -> None:
        """Run the steps in order.

        Raises:
            AssertionError: when one fails, with what it printed.
        """
        for name in ("run", "work", "bin"):
            (self.folder / name).mkdir()
        (self.folder / "run" / "pids").touch()
        (self.folder / "work" / "docs").symlink_to(ROOT / "docs")
        for name, text in self.more.items():
            if name.endswith(".txt"):
                (self.folder / "work" / name).write_text(text)
        command = quick_command(self.folder / "bin", self._environment())
        with command, (self.folder / "run" / "shell.err").open("wb") as errors:
            code = self._wait_for(self._start(steps, errors))
        assert code == 0, self._failure(steps)

    def printed(self, number: int) -> str:
        """Give what a step printed."""
        return (self.folder / "run" / f"{number}.out").read_text()

    def _start(self, steps: list[Step], errors: BinaryIO) -> subprocess.Popen[bytes]:
        file = self.folder / "page.sh"
        parts = (self._part(number, step) for number, step in enumerate(steps))
        file.write_text(_HEAD + "".join(parts))
        return subprocess.Popen(
            ["/bin/sh", "-eu", str(file)],
            cwd=self.folder / "work",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )

    def _part(self, number: int, step: Step) -> str:
        out = f'"$RUN/{number}.out" 2>&1'
        text = step.script.replace("8787", str(self.port))
        begin = f'\necho {number} > "$RUN/step"\n'
        if not step.serve:
            return f"{begin}{{\n{text}}} > {out}\n"
        return begin + _SERVE.format(command=text.strip(), out=out, port=self.port)

    def _environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        own = {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "PATH": path,
            "LANG": "C.UTF-8",
        }
        variables = {name: text for name, text in self.more.items() if not name.endswith(".txt")}
        return own | {
            "RUN": str(self.folder / "run"),
            "MARKETING_AGENT_HOME": str(self.home),
            "MARKETING_AGENT_PORT": str(self.port),
            **variables,
        }

    def _wait_for(self, process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the session that we started, and no other
            return process.wait()

    def _failure(self, steps: list[Step]) -> str:
        number = int((self.folder / "run" / "step").read_text())
        shell = (self.folder / "run" / "shell.err").read_text()
        return f"{steps[number].place}\n{steps[number].script}\n{self.printed(number)}\n{shell}"
