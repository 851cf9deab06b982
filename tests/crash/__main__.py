"""`make crash-matrix`: fill the matrix on both engines, print it, and write it down as a page."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from crash.matrix import Cell
from crash.page import ENGINES, PAGE, sentences, shown, totals, write
from crash.points import POINTS
from crash.scenes import CREWS


def main() -> None:
    """Fill, print and write; ends with an error when a cell is not clean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deaths", type=int, default=2, help="kills in each cell")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marketing-agent-crash-") as folder:
        cells = _fill(options.deaths, Path(folder))
    PAGE.write_text(write(cells), encoding="utf-8")
    _print(cells)
    if any(not each.is_clean for each in cells):
        sys.exit("Not every cell is clean; see above.")


def _fill(deaths: int, folder: Path) -> list[Cell]:
    """Fill both engines' halves side by side, each in a process of its own."""
    halves = {engine: _begin(engine, deaths, folder / engine) for engine in ENGINES}
    steps = sum(len(each.crews) for each in POINTS)
    with Progress(console=Console(stderr=True)) as bar:
        tasks = {engine: bar.add_task(engine, total=steps) for engine in ENGINES}
        for engine, half in halves.items():
            for _ in half.stdout or ():
                bar.advance(tasks[engine])
            if half.wait():
                sys.exit(f"The half on {engine} failed; see above.")
    return [Cell(**row) for engine in ENGINES for row in json.loads((folder / engine).read_text())]


def _begin(engine: str, deaths: int, into: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "crash.matrix", f"--store={engine}", f"--deaths={deaths}"]
    return subprocess.Popen([*command, f"--into={into}"], stdout=subprocess.PIPE, text=True)


def _print(cells: list[Cell]) -> None:
    table = Table(title="Crash matrix: kills: duplicates / losses / unknown")
    table.add_column("killed when")
    for engine in ENGINES:
        for count in CREWS:
            table.add_column(f"{engine}\n{count} workers", justify="right")
    known = {(each.scene, each.step, each.engine, each.workers): each for each in cells}
    last = ""
    for scene, step in dict.fromkeys((each.scene, each.step) for each in cells):
        if scene != last:
            table.add_section()
            table.add_row(f"[bold]while {scene}[/bold]")
            last = scene
        row = [known.get((scene, step, engine, count)) for engine in ENGINES for count in CREWS]
        table.add_row(step, *map(shown, row))
    console = Console()
    console.print(table)
    for line in (*totals(cells), *sentences(cells)):
        console.print(line, markup=False)
    console.print("The page is docs/reference/crash-matrix.md.")


if __name__ == "__main__":
    main()
