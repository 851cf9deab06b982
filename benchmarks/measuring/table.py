"""Figures as a table: drawn in a terminal, plain columns when piped."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table


def show(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a titled table; the first column is text and the others are figures."""
    cells = [[str(cell) for cell in row] for row in rows]
    console = Console()
    if console.is_terminal:
        console.print(_drawn(title, heads, cells))
    else:
        print(_plain(title, heads, cells), flush=True)


def note(text: str) -> None:
    """Say a line about the figures, or about what takes a while."""
    print(text, flush=True)


def _drawn(title: str, heads: Sequence[str], rows: list[list[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _plain(title: str, heads: Sequence[str], rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [_line(row, widths) for row in [list(heads), *rows]]
    return "\n".join([title, *lines, ""])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()
