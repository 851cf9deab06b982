"""The command as a shell starts it, in a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "marketing_agent.cli"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of a fresh installation: SQLite in `home` whatever the suite runs on."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {"MARKETING_AGENT_HOME": str(home), "HOME": str(home)} | more


def run(home: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(home, **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
