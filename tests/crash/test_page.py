"""The page of the matrix: every step stands on it, and no cell has anything to hide."""

import re

import pytest

from crash.matrix import Cell
from crash.page import ENGINES, PAGE, sentences, steps, write
from crash.points import POINTS
from crash.scenes import Point

CELL = re.compile(r"(\d+): (\d+) / (\d+) / (\d+)")
TOTAL = re.compile(
    r"^\| (SQLite|PostgreSQL) \| (\d+) \| 0 \| 0 \| (\d+) \| \d+ \| 0 \|$", re.MULTILINE
)


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


def row_of(point: Point) -> list[str]:
    rows = sections().get(str(point.scene), [])
    return next((row for row in rows if row[0] == point.name), [])


def test_every_step_stands_on_the_page() -> None:
    shown = {(scene, row[0]) for scene, rows in sections().items() for row in rows}
    assert shown == set(steps()), "Run `make crash-matrix` and commit what it writes."


@pytest.mark.parametrize("point", POINTS, ids=lambda each: f"{each.scene.name}: {each.name}")
def test_no_cell_has_anything_to_hide(point: Point) -> None:
    _, *cells, amiss = row_of(point)
    assert amiss == "0"
    assert len(cells) == len(ENGINES) * len(point.crews)
    for cell in cells:
        found = CELL.fullmatch(cell)
        assert found, cell
        kills, duplicates, losses, unknown = map(int, found.groups())
        assert kills > 0
        assert (duplicates, losses) == (0, 0)
        assert unknown <= kills * point.most_unknown


def test_each_engine_saw_two_hundred_kills() -> None:
    totals = TOTAL.findall(PAGE.read_text(encoding="utf-8"))
    assert [name for name, _, _ in totals] == ["SQLite", "PostgreSQL"]
    assert all(int(kills) >= 200 for _, kills, _ in totals)


def test_the_totals_are_the_sums_of_the_cells() -> None:
    totals = TOTAL.findall(PAGE.read_text(encoding="utf-8"))
    cells = [CELL.fullmatch(c) for rows in sections().values() for _, *row, _ in rows for c in row]
    found = [each for each in cells if each is not None]
    for place, figure in ((1, 1), (4, 2)):
        assert sum(int(each[place]) for each in found) == sum(int(row[figure]) for row in totals)


def test_what_is_bad_is_shown() -> None:
    bad = Cell("a step", "letters leave", "sqlite", 1, 1, 2, 1, 3, 1, broken=5, unsettled=1)
    text = write([bad])
    assert "| a step | 2: 1 / 3 / 1 | 6 |" in text
    assert "| SQLite | 2 | 1 | 3 | 1 | 0 | 6 |" in text
    assert "**1 cells are not as they should be:** a step (sqlite, 1)." in text
    assert "1 of them stayed unknown." in text


@pytest.mark.parametrize(
    "cell",
    [
        Cell("a step", "a scene", "sqlite", 1),
        Cell("a step", "a scene", "sqlite", 1, unknown=9),
        Cell("a step", "a scene", "sqlite", 1, deaths=2, unknown=1),
        Cell("a step", "a scene", "sqlite", 1, most_unknown=1, deaths=2, unknown=3),
        Cell("a step", "a scene", "sqlite", 1, deaths=2, duplicates=1),
        Cell("a step", "a scene", "sqlite", 1, deaths=2, losses=1),
        Cell("a step", "a scene", "sqlite", 1, deaths=2, unsettled=1),
        Cell("a step", "a scene", "sqlite", 1, deaths=2, broken=1),
    ],
    ids=str,
)
def test_a_cell_is_not_clean_without_a_death_or_with_anything_wrong(cell: Cell) -> None:
    assert not cell.is_clean
    assert "not as they should be" in " ".join(sentences([cell]))


def test_a_cell_is_clean_with_one_unknown_for_each_connection() -> None:
    assert Cell("a step", "a scene", "sqlite", 1, most_unknown=1, deaths=2, unknown=2).is_clean
    assert Cell("a step", "a scene", "sqlite", 1, most_unknown=4, deaths=1, unknown=4).is_clean
