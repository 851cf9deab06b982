"""Filling the matrix on one engine: every step, with each crew, as many deaths as are asked for.

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

from crash.points import POINTS
from crash.scenes import Point

if TYPE_CHECKING:
    from crash.cell import Workshop


@dataclass(slots=True)
class Cell:
    """What came of all runs at one step with so many workers on one engine.

    Attributes:
        step: the step.
        scene: what went on meanwhile.
        engine: the database.
        workers: how many there were.
        most_unknown: how many outcomes one death here may leave unknown.
        deaths: runs in which a worker came to the step and was killed.
        duplicates, losses, unsettled: see `judge.Verdict`; of all runs, with a death or without.
        unknown: letters whose outcome nobody knew after a death.
        taken: those of them that the server had taken.
        broken: promises that did not hold, and whatever else was not as it had to be.
    """

    step: str
    scene: str
    engine: str
    workers: int
    most_unknown: int = 0
    deaths: int = 0
    duplicates: int = 0
    losses: int = 0
    unknown: int = 0
    taken: int = 0
    unsettled: int = 0
    broken: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether workers were killed here, and all came out as it is demanded."""
        wrong = self.duplicates or self.losses or self.unsettled or self.broken
        return self.deaths > 0 and not wrong and self.unknown <= self.deaths * self.most_unknown


def fill(engine: str, deaths: int, folder: Path) -> Iterator[Cell]:
    """Let workers die at every step, `deaths` times each, and give each cell once it is filled."""
    from crash.cell import Workshop  # noqa: PLC0415  Django is set up by now
    from marketing_agent.sandbox.certificates import make_certificates  # noqa: PLC0415  as above

    workshop = Workshop(folder, make_certificates(folder / "ca"))
    for point in POINTS:
        for workers in point.crews:
            cell = Cell(point.name, str(point.scene), engine, workers, point.most_unknown)
            for hit in range(1, deaths + 1):
                _count(cell, workshop, point, hit)
            yield cell


def _count(cell: Cell, workshop: "Workshop", point: Point, hit: int) -> None:
    """Count one run; a step that is not reached so often kills nobody, and all else counts the same."""
    outcome = workshop.die(point, cell.workers, hit)
    if not outcome.is_clean:
        where = f"{cell.engine}, {cell.workers} workers, while {cell.scene}: {cell.step} ({hit})"
        sys.stderr.write(f"{where}: {outcome.verdict} {outcome.troubles}\n")
    cell.deaths += outcome.killed
    cell.duplicates += len(outcome.verdict.duplicates)
    cell.losses += len(outcome.verdict.losses)
    cell.unknown += outcome.unknown
    cell.taken += sum(outcome.doubtful.values())
    cell.unsettled += len(outcome.verdict.unsettled)
    cell.broken += len(outcome.verdict.broken) + len(outcome.troubles)


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
