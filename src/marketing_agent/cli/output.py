"""What every verb prints through: JSON on request, a table for people, plain lines for pipes."""

import getpass
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, NoReturn

import typer

from marketing_agent.accounts.actor import Actor

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
"""The option that every command takes: `as_json: AsJson = False`."""

_WHOLE = re.compile(r"-|[a-z0-9]{16}")
"""An id is copied as one, so it is never broken; everything else may be."""

_NUMBER = re.compile(r"-|-?[0-9.]+(e[+-]?[0-9]+)?%?")
_WHOLE_FROM = 1000  # fractions of more than that tell nobody anything

Advance = Callable[[int], None]
"""Tells a progress bar how far the work has come, in the unit that its total was given in."""


class CommandError(Exception):
    """A command failed; the message is the one sentence that says what to do."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def fail(sentence: str, exit_code: int = 1) -> NoReturn:
    """End the command with one sentence on stderr.

    Raises:
        CommandError: always.
    """
    raise CommandError(sentence, exit_code)


def new_app(summary: str) -> typer.Typer:
    """Give the Typer app of one verb module; one command in it is a verb, several are a group."""
    return typer.Typer(
        help=summary,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def operator() -> Actor:
    """Give the person at the shell, for records and the audit log."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        name = "operator"
    return Actor(name=name, origin="cli")


def say(text: str = "") -> None:
    """Print one line for the person."""
    typer.echo(text)


def note(text: str) -> None:
    """Print one line beside the result (stderr), so that a pipe never swallows it."""
    typer.echo(text, err=True)


def emit(data: object, *, as_json: bool, text: Callable[[], None] | None = None) -> None:
    """Print `data` as JSON, or let `text` print it; without `text`, as lines `name: value`."""
    if as_json:
        say(to_json(data))
    elif text is not None:
        text()
    else:
        _say_lines(data)


def to_json(data: object) -> str:
    """Give JSON; times are ISO 8601 UTC with Z, and letters outside ASCII stay themselves."""
    return json.dumps(data, default=_plain, indent=2, ensure_ascii=False)


def shown(value: object) -> str:
    """Give one value as a person reads it: dashes for nothing, minutes for times."""
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}Z"
        case float():
            return f"{value:.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.4g}"
        case dict() | list() | tuple():
            return json.dumps(value, default=_plain, ensure_ascii=False)
        case _:
            return str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Print rows, aligned on a terminal, with tabs between when piped; or `empty` for none."""
    cells = [[_one_line(shown(value)) for value in row] for row in rows]
    if not cells:
        note(empty or "Nothing to show.")
    elif sys.stdout.isatty():
        _rich_table(columns, cells)
    else:
        for row in [list(columns), *cells]:
            say("\t".join(row))


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """Show on stderr how far long work is; silent when stderr is no terminal.

    The yielded function takes the absolute position, in the unit of `total` (rows, bytes…).
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  only a terminal pays for Rich
    from rich.progress import Progress  # noqa: PLC0415  as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case set() | frozenset() | tuple():
            return list(value)
        case _:
            return str(value)


def _say_lines(data: object) -> None:
    match data:
        case dict():
            for name, value in data.items():
                say(f"{name}: {shown(value)}")
        case list() | tuple():
            for each in data:
                say(shown(each))
        case _:
            say(shown(data))


def _one_line(text: str) -> str:
    # A subject or reply holds what a stranger wrote: no control characters reach the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _are_numbers(texts: Sequence[str]) -> bool:
    return any(text != "-" for text in texts) and all(map(_NUMBER.fullmatch, texts))


def _rich_table(columns: Sequence[str], cells: list[list[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415  only a terminal pays for Rich
    from rich.table import Table  # noqa: PLC0415  as above
    from rich.text import Text  # noqa: PLC0415  as above

    grid: Any = Table(box=None, header_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        texts = [row[place] for row in cells]
        grid.add_column(
            column,
            overflow="fold",
            justify="right" if _are_numbers(texts) else "left",
            no_wrap=all(map(_WHOLE.fullmatch, texts)),
        )
    for row in cells:
        grid.add_row(*(Text(cell) for cell in row))
    Console().print(grid)
