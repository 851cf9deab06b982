"""The matrix as a page of the reference, and as a table in the terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from crash.matrix import WORKERS, Cell
from crash.points import POINTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "crash-matrix.md"
ENGINES = ("sqlite", "postgresql")
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_HEAD = """# Crash matrix

<!-- Written by `make crash-matrix`. Do not edit. -->

A worker is killed with SIGKILL at every step of sending, of recording, of reading mail and of clearing up;
then the next one starts, takes over, and lives four days. An SMTP server that outlives all of them counts
what it took. Each cell says: duplicates / losses / letters whose outcome nobody knew then.

- *Duplicates*: letters that the server took twice, mails and consequences kept twice.
- *Losses*: people who were never written to, letters that are called sent and were never taken, mails that
  nobody acted on.
- *Unknown*: at most one for each open connection, and only where DATA was marked as begun and its outcome
  not yet in the store (RFC 1047 shows why nobody can know). Every one of them was settled afterwards, by
  evidence alone, as the server had counted: {taken} of the {unknown} had been taken, and none of those was
  sent again; the others were sent, once.

With four workers, four processes send and read at the same time, without the job's lease that keeps them
apart in earnest; the first to reach the step dies. Each worker has one SMTP connection open. *Not committed*
means: written in a transaction that the death undoes. The steps and the deaths are in `tests/crash`; nothing
in the product knows of them. `make test` runs every cell once, and three bugs that are put in on purpose.

| engine | kills | duplicates | losses | unknown, all settled |
| --- | ---: | ---: | ---: | ---: |
{totals}
"""


def write(cells: Sequence[Cell]) -> str:
    """Write the page."""
    unknown, taken = sum(each.unknown for each in cells), sum(each.taken for each in cells)
    totals = "\n".join(_total(engine, cells) for engine in ENGINES)
    head = _HEAD.format(unknown=unknown, taken=taken, totals=totals)
    return head + "".join(_section(scene, cells) for scene in _scenes(cells))


def _total(engine: str, cells: Iterable[Cell]) -> str:
    mine = [each for each in cells if each.engine == engine]
    figures = [
        sum(each.deaths for each in mine),
        sum(each.duplicates for each in mine),
        sum(each.losses for each in mine),
        sum(each.unknown for each in mine),
    ]
    return f"| {_NAMES[engine]} | {' | '.join(map(str, figures))} |"


def _scenes(cells: Iterable[Cell]) -> list[str]:
    return list(dict.fromkeys(each.scene for each in cells))


def _section(scene: str, cells: Iterable[Cell]) -> str:
    crews = [(engine, count) for engine in ENGINES for count in WORKERS]
    heads = [f"{_NAMES[engine]}, {count} worker{'s' * (count > 1)}" for engine, count in crews]
    lines = [
        _line([f"killed when, while {scene}", "kills", *heads]),
        _line(["---", *["---:"] * (len(crews) + 1)]),
    ]
    known = {(each.step, each.engine, each.workers): each for each in cells if each.scene == scene}
    for step in dict.fromkeys(step for step, _, _ in known):
        row = [known.get((step, *crew)) for crew in crews]
        kills = sum(each.deaths for each in row if each is not None)
        lines.append(_line([step, str(kills), *map(_shown, row)]))
    return "\n" + "\n".join(lines) + "\n"


def _shown(cell: Cell | None) -> str:
    return "not run" if cell is None else f"{cell.duplicates} / {cell.losses} / {cell.unknown}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def steps() -> list[tuple[str, str]]:
    """Give every step that has to stand on the page, with its scene."""
    return [(str(each.scene), each.name) for each in POINTS]
