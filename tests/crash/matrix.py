"""Filling the matrix on one engine: every step, one and four workers, as many deaths as are asked for.

As a program it fills it on the engine that `--store` names, says a line on its output for each death, and
writes what it found to a file.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crash.points import POINTS, Point

if TYPE_CHECKING:
    from crash.cell import Workshop

WORKERS = (1, 4)


@dataclass(slots=True)
class Cell:
    """What came of all deaths at one step with so many workers on one engine."""

    step: str
    scene: str
    engine: str
    workers: int
    deaths: int = 0
    duplicates: int = 0
    losses: int = 0
    unknown: int = 0
    taken: int = 0  # of the unknown ones, those that the server had taken
    unsettled: int = 0
    broken: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was sent twice, lost, left open, or done against a promise."""
        return not (self.duplicates or self.losses or self.unsettled or self.broken)


def fill(engine: str, deaths: int, folder: Path) -> Iterator[Cell]:
    """Let workers die at every step, `deaths` times each, and give each cell once it is filled."""
    from crash.cell import Workshop  # noqa: PLC0415  Django is set up by now
    from marketing_agent.sandbox.certificates import make_certificates  # noqa: PLC0415  as above

    workshop = Workshop(folder, make_certificates(folder / "ca"))
    for point in POINTS:
        for workers in WORKERS:
            cell = Cell(point.name, str(point.scene), engine, workers)
            for hit in range(1, deaths + 1):
                _count(cell, workshop, point, hit)
            yield cell


def _count(cell: Cell, workshop: "Workshop", point: Point, hit: int) -> None:
    """Count one death; a step that is not reached so often is not counted."""
    outcome = workshop.die(point, cell.workers, hit)
    if not outcome.killed:
        return
    cell.deaths += 1
    cell.duplicates += len(outcome.verdict.duplicates)
    cell.losses += len(outcome.verdict.losses)
    cell.unknown += outcome.unknown
    cell.taken += sum(outcome.findings.taken.values())
    cell.unsettled += len(outcome.verdict.unsettled)
    cell.broken += len(outcome.verdict.broken)


def main() -> None:
    """Fill the matrix on one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), required=True)
    parser.add_argument("--deaths", type=int, required=True, help="at each step, for each crew")
    parser.add_argument("--into", type=Path, required=True, help="file for what was found")
    options = parser.parse_args()
    import store  # noqa: PLC0415  sets the environment of everything that follows

    store.prepare(options.store)
    cells: list[Cell] = []
    with tempfile.TemporaryDirectory(prefix="marketing-agent-crash-") as folder:
        for cell in fill(options.store, options.deaths, Path(folder)):
            cells.append(cell)
            sys.stdout.write(f"{cell.step}\n")
            sys.stdout.flush()
    options.into.write_text(json.dumps([asdict(each) for each in cells]))


if __name__ == "__main__":
    main()
