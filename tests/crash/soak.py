"""`make soak MINUTES=5`: workers live fast, are killed at random, servers fail, somebody presses stop.

Two days and more pass in five minutes. At the end everything is healed, the last worker clears up, and the
promises are checked against what the servers counted.
"""

import argparse
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from crash.names import MARK

WORKERS = 3
SPEED = 600.0  # an hour in six seconds
KILL_EVERY_S, FAULT_EVERY_S, STOP_EVERY_S, RESUME_EVERY_S = 0.8, 2.0, 8.0, 5.0
TICK_S = 0.1
SLACK = timedelta(seconds=2 * SPEED)  # two real seconds for a word to reach a door that stands open
FLOW_S, FLOW_PATIENCE_S = 1.0, 10.0
"""A stop is pressed when the server has heard of a DATA within the last second; it is waited for so long."""


@dataclass(slots=True)
class Report:
    """What happened, and what came of it."""

    happened: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    slowest_stop_s: float = 0.0
    failures: str = ""  # tracebacks of jobs that failed and came round again


def main() -> None:
    """Run a soak and print its report; ends with an error when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    import store  # noqa: PLC0415  sets the environment of everything that follows

    store.prepare(options.store)
    with tempfile.TemporaryDirectory(prefix="marketing-agent-soak-") as folder:
        report = soak(60 * options.minutes, options.seed, Path(folder))
    _print(report, options.store)
    if report.troubles:
        sys.exit(1)


def soak(seconds: float, seed: int, folder: Path) -> Report:
    """Live so many real seconds, then heal, clear up and judge."""
    from crash.soaking import Soaking  # noqa: PLC0415  Django is set up by now

    report = Report()
    with Soaking(folder, seed, seconds, report).open() as world, _bar(seconds) as advance:
        began = monotonic()
        while (passed := monotonic() - began) < seconds:
            world.turn(passed)
            advance(passed)
            threading.Event().wait(TICK_S)
        world.heal()
        world.judge()
    return report


@contextmanager
def _bar(seconds: float) -> Iterator[Callable[[float], None]]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("soaking", total=seconds)
        yield lambda passed: bar.update(task, completed=passed)


def _print(report: Report, engine: str) -> None:
    table = Table(title=f"Soak on {engine}")
    table.add_column("what")
    table.add_column("how often", justify="right")
    for name, count in sorted(report.happened.items()):
        table.add_row(name, str(count))
    table.add_section()
    for name, figure in report.figures.items():
        table.add_row(name, str(figure))
    console = Console()
    console.print(table)
    failures = [
        each.strip().splitlines()[-1] for each in report.failures.split(MARK) if each.strip()
    ]
    for sentence, count in Counter(failures).most_common(10):
        console.print(f"{count} jobs failed and came round again: {sentence}", markup=False)
    console.print(f"The slowest stop returned after {report.slowest_stop_s:.2f} s.")
    for trouble in report.troubles:
        console.print(f"BROKEN: {trouble}", style="red", markup=False)
    if not report.troubles:
        console.print("Every promise was kept.")


if __name__ == "__main__":
    main()
