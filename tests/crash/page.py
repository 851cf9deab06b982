"""The matrix as a page of the reference, and as a table in the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crash.matrix import Cell
from crash.points import POINTS
from crash.scenes import CONNECTIONS, CREWS, Scene

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "crash-matrix.md"
ENGINES = ("sqlite", "postgresql")
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_HEAD = """# Crash matrix

<!-- Written by `make crash-matrix`. Do not edit. -->

A worker process is killed with SIGKILL at every step of sending, recording, reading mail and clearing
up. Then another one takes over and works through four days on a clock that jumps. An SMTP server that
outlives them all remembers every letter it took, and the store is compared with it.

{sentences}

Each cell says: kills: duplicates / losses / unknown.

- *Duplicates*: a letter of a sequence that the server took twice for the same address; a mail or a
  consequence that is kept twice.
- *Losses*: a letter of a sequence, first or second, that should have left and never did; a letter of
  which the store says something else than the server; a sequence that does not stand where it should; a
  mail that nobody dealt with; a missing suppression, bounce or complaint, or an answer that changed
  nothing.
- *Unknown*: a letter whose outcome nobody knew after the death. RFC 1047 shows why that cannot be
  avoided. It is allowed only where DATA was marked as begun and no outcome was stored: at most one for
  each open connection.
- *Amiss* (the last column): outcomes that stayed unknown or were settled otherwise than the server had
  counted, promises that were broken, letters that should not have left, workers that ended otherwise
  than they should.

With four workers, four processes start together, claim two letters or mails at a time, and hold letters
at the same moment; the lease that lets one process at a time run a job is left out. The first to reach
the step dies, and the others have to come to their end by themselves. A worker has one SMTP connection
open, except while {lanes}: then it has
{connections}, and all of them stand in DATA when it dies. *Not committed* means: written in a transaction
that the death undoes. What runs are the product's own functions in the order of its jobs, not the command
`marketing-agent worker` around them. `make test` kills once in every cell, and puts bugs in on purpose
that have to be found.

| engine | kills | duplicates | losses | unknown | taken | amiss |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
{totals}

*Taken* are those of the unknown ones that the server had taken when the worker died.
"""


def write(cells: Sequence[Cell]) -> str:
    """Write the page."""
    head = _HEAD.format(
        sentences="\n".join(sentences(cells)),
        totals="\n".join(totals(cells)),
        lanes=Scene.LANES,
        connections=CONNECTIONS,
    )
    return head + "".join(_section(scene, cells) for scene in _scenes(cells))


def sentences(cells: Sequence[Cell]) -> Iterator[str]:
    """Say what the figures come to."""
    unknown, taken = sum(each.unknown for each in cells), sum(each.taken for each in cells)
    open_ = sum(each.unsettled for each in cells)
    bad = [each for each in cells if not each.is_clean]
    deaths = sum(each.deaths for each in cells)
    yield f"{deaths} workers were killed in {len(cells)} cells."
    if bad:
        names = "; ".join(f"{each.step} ({each.engine}, {each.workers})" for each in bad)
        yield f"**{len(bad)} cells are not as they should be:** {names}."
    else:
        yield "Nothing was sent twice, nothing was lost, and nothing was amiss in any of them."
    yield f"The outcomes of {unknown} letters were unknown; the server had taken {taken} of them."
    yield (
        f"{open_} of them stayed unknown."
        if open_
        else "All were settled later by the traces they had left, none by a person."
    )


def totals(cells: Iterable[Cell]) -> Iterator[str]:
    """Give a row of sums for each engine."""
    for engine in ENGINES:
        mine = [each for each in cells if each.engine == engine]
        figures = [
            sum(each.deaths for each in mine),
            sum(each.duplicates for each in mine),
            sum(each.losses for each in mine),
            sum(each.unknown for each in mine),
            sum(each.taken for each in mine),
            sum(map(_amiss, mine)),
        ]
        yield _line([_NAMES[engine], *map(str, figures)])


def shown(cell: Cell | None) -> str:
    """Give a cell's figures; None for a crew with which the step is not tried."""
    if cell is None:
        return ""
    if not cell.deaths:
        return "**nobody was killed**"
    return f"{cell.deaths}: {cell.duplicates} / {cell.losses} / {cell.unknown}"


def _amiss(cell: Cell) -> int:
    return cell.unsettled + cell.broken


def _scenes(cells: Iterable[Cell]) -> list[str]:
    return list(dict.fromkeys(each.scene for each in cells))


def _section(scene: str, cells: Iterable[Cell]) -> str:
    known = {(each.step, each.engine, each.workers): each for each in cells if each.scene == scene}
    tried = {(engine, count) for _, engine, count in known}
    crews = [(engine, count) for engine in ENGINES for count in CREWS if (engine, count) in tried]
    heads = [f"{_NAMES[engine]}, {count} worker{'s' * (count > 1)}" for engine, count in crews]
    lines = [
        _line([f"killed when, while {scene}", *heads, "amiss"]),
        _line(["---", *["---:"] * (len(crews) + 1)]),
    ]
    for step in dict.fromkeys(step for step, _, _ in known):
        row = [known.get((step, *crew)) for crew in crews]
        amiss = sum(_amiss(each) for each in row if each is not None)
        lines.append(_line([step, *map(shown, row), str(amiss)]))
    return "\n" + "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def steps() -> list[tuple[str, str]]:
    """Give every step that has to stand on the page, with its scene."""
    return [(str(each.scene), each.name) for each in POINTS]
