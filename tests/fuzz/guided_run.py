"""Starts a guided run in a process of its own, over seeds that the sandbox wrote."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = 20_000  # bytes of the longest food
HANGS = 10  # seconds after which a single food counts as one that never ends
_MEMORY = 2_048  # megabytes
_STEADY = 1  # where every random choice of a run that has its tries counted begins
_PATH = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))


@dataclass(frozen=True, slots=True)
class Budget:
    """When a run ends: after so many seconds or tries, whichever is sooner; -1 sets no bound."""

    seconds: int = -1
    runs: int = -1


@dataclass(frozen=True, slots=True)
class Found:
    """What a run left behind: whether it ended well, the files that broke a promise, its words."""

    went_well: bool
    files: tuple[Path, ...]
    said: str


def run(target: str, seeds: Iterable[bytes], budget: Budget, home: Path) -> Found:
    """Run one target; `home` keeps what was learnt and what was found."""
    corpus, found = home / "corpus" / target, home / "found" / target
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    known = set(found.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.guided", target, *_flags(budget, found), str(corpus)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        env=os.environ | {"PYTHONPATH": _PATH, "PYTHONIOENCODING": "utf-8:backslashreplace"},
    )
    new = tuple(sorted(set(found.iterdir()) - known))
    return Found(done.returncode == 0, new, f"{done.stdout}{done.stderr}")


def _flags(budget: Budget, found: Path) -> list[str]:
    values = {
        "max_total_time": max(budget.seconds, 0),
        "runs": budget.runs,
        "seed": _STEADY if budget.runs >= 0 else 0,
        "max_len": HEAVY,
        "timeout": HANGS,
        "rss_limit_mb": _MEMORY,
        "artifact_prefix": f"{found}/",
    }
    return [f"-{name}={value}" for name, value in values.items()]
