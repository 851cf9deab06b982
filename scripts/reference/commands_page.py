"""commands.md: every verb with its --help, from the Typer apps themselves."""

import importlib
from collections.abc import Iterator
from typing import Any

from typer._click import Context
from typer.main import get_command

from marketing_agent.cli.main import _plain_help, root
from marketing_agent.cli.verbs import VERBS
from reference.markdown import block, code, link, table

_ABOUT = """
A command that fails says in one sentence what to do and ends with code 1; a misspelt one ends with 2.
Results go to standard output, remarks to standard error. Tables are aligned on a terminal and separated
by tabs in a pipe.
"""
_WIDTH = 96


def body() -> str:
    """Write the page."""
    rows = [(link(code(name), f"#{name}"), verb.help) for name, verb in VERBS.items()]
    return f"{_ABOUT}\n{table(('verb', 'what it does'), rows)}\n" + "\n".join(
        _describe(name) for name in VERBS
    )


def _describe(name: str) -> str:
    helps = [block(text) for _, text in helps_of(name)]
    return f"## {name}\n\n" + "\n".join(helps)


def helps_of(name: str) -> Iterator[tuple[str, str]]:
    """Give the whole name and the --help of a verb, and of every command below it."""
    command: Any = get_command(importlib.import_module(VERBS[name].module).app)
    command.name = name
    _plain_help(command)
    top = Context(root(), info_name="marketing-agent")
    yield from _below(command, name, top)


def _below(command: Any, name: str, parent: Context) -> Iterator[tuple[str, str]]:  # noqa: ANN401  Typer's own click
    context = Context(command, info_name=name, parent=parent, terminal_width=_WIDTH)
    yield context.command_path, command.get_help(context)
    for below, each in getattr(command, "commands", {}).items():
        yield from _below(each, below, context)
