"""How fast the command starts, beside an interpreter that does nothing.

The fastest of several starts counts: the others tell what else the machine was doing.
"""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter

from measuring.installation import throw_away_home
from measuring.table import note, show

PROGRAM = Path(sys.executable).with_name("marketing-agent")
COMMANDS: dict[str, list[str]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "marketing-agent --help": [str(PROGRAM), "--help"],
    "marketing-agent mail --help": [str(PROGRAM), "mail", "--help"],
    "marketing-agent mail classify --help": [str(PROGRAM), "mail", "classify", "--help"],
}


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=7, help="starts of each command")
    starts = parser.parse_args().starts
    with throw_away_home():
        times = {name: _times(command, starts) for name, command in COMMANDS.items()}
    bare = min(times["python -c pass"])
    show(
        "Start-up",
        ("command", "fastest s", "median s", "ratio"),
        [
            (
                name,
                f"{min(each):.3f}",
                f"{sorted(each)[starts // 2]:.3f}",
                f"{min(each) / bare:.1f}",
            )
            for name, each in times.items()
        ],
    )
    note("Wanted: under 0.4 s for help and for the mail verbs.")


def _times(command: list[str], starts: int) -> list[float]:
    _time(command)  # compiles what was never compiled
    return [_time(command) for _ in range(starts)]


def _time(command: list[str]) -> float:
    begun = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own commands
    return perf_counter() - begun


if __name__ == "__main__":
    main()
