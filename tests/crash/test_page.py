"""The page of the matrix: every step stands on it, and no cell has anything to hide."""

import re

from crash.matrix import WORKERS, Cell
from crash.page import ENGINES, PAGE, steps, write

CELL = re.compile(r"(\d+) / (\d+) / (\d+)")
TOTAL = re.compile(r"^\| (SQLite|PostgreSQL) \| (\d+) \| 0 \| 0 \| \d+ \|$", re.MULTILINE)


def sections() -> dict[str, list[list[str]]]:
    """Give the rows of each scene's table, cell by cell."""
    found: dict[str, list[list[str]]] = {}
    scene = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split(" | ")]
        if line.startswith("| killed when, while "):
            scene = cells[0].removeprefix("killed when, while ")
        elif scene and line.startswith("| ") and "---" not in line:
            found.setdefault(scene, []).append(cells)
    return found


def test_every_step_stands_on_the_page() -> None:
    shown = {(scene, row[0]) for scene, rows in sections().items() for row in rows}
    assert shown == set(steps()), "Run `make crash-matrix` and commit what it writes."


def test_no_cell_has_a_duplicate_or_a_loss() -> None:
    rows = [row for rows in sections().values() for row in rows]
    for step, kills, *cells in rows:
        assert int(kills) >= len(cells)
        assert len(cells) == len(ENGINES) * len(WORKERS)
        for cell in cells:
            found = CELL.fullmatch(cell)
            assert found, f"{step}: {cell}"
            assert (found[1], found[2]) == ("0", "0"), step


def test_each_engine_saw_two_hundred_kills() -> None:
    totals = re.findall(
        r"^\| (SQLite|PostgreSQL) \| (\d+) \| 0 \| 0 \| \d+ \|$", PAGE.read_text(), re.MULTILINE
    )
    assert [name for name, _ in totals] == ["SQLite", "PostgreSQL"]
    assert all(int(kills) >= 200 for _, kills in totals)


def test_what_is_bad_is_shown() -> None:
    bad = Cell("a step", "letters leave", "sqlite", 1, deaths=2, duplicates=1, losses=3, unknown=1)
    text = write([bad])
    assert "| a step | 2 | 1 / 3 / 1 |" in text
    assert "| SQLite | 2 | 1 | 3 | 1 |" in text
    assert not bad.is_clean
