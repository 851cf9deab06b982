"""The command `marketing-agent`: finds the verb and imports only its module."""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer.core
from typer._click import Command, Context, HelpFormatter
from typer.main import get_command

from marketing_agent.cli.failures import say_failure
from marketing_agent.cli.output import say
from marketing_agent.cli.ready import make_ready, set_up_django
from marketing_agent.cli.verbs import VERBS, Needs

HELP = """Self-hosted B2B e-mail outreach, operable at 2 a.m.

Every command takes --json and --help; --version names the release. Begin with `marketing-agent init`.
"""


class LazyVerbs(typer.core.TyperGroup):
    """The top of the command tree; a verb's module is imported when the verb is called."""

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import the verb's module and give its command or group; None for no such verb."""
        only_help = "--help" in (ctx.find_root().obj or ())
        return load_verb(cmd_name, only_help=only_help) if cmd_name in VERBS else None

    def list_commands(self, ctx: Context) -> list[str]:
        """Give every verb without importing any."""
        del ctx
        return list(VERBS)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the table of verbs from their declarations alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


def load_verb(name: str, *, only_help: bool = False) -> Command:
    """Make ready what the verb needs, import its module and give its command or group.

    Help needs no installation: the models are loaded, and nothing is looked for.
    """
    verb = VERBS[name]
    if only_help and verb.needs is not Needs.NOTHING:
        set_up_django()
    else:
        make_ready(verb.needs)
    command = get_command(importlib.import_module(verb.module).app)
    command.name = name
    _plain_help(command)
    return command


def _plain_help(command: Command) -> None:
    # Rich draws boxes, which read badly in a pipe and on a phone.
    each: Any = command
    each.rich_markup_mode = None
    for below in getattr(each, "commands", {}).values():
        # Otherwise a line of help ends in the middle of its sentence, with dots.
        below.short_help = below.short_help or (below.help or "").partition("\n\n")[0]
        _plain_help(below)


def root() -> LazyVerbs:
    """Give the whole command, without any verb's module imported."""
    # The stubs serve "did you mean"; they are never called.
    stubs: dict[str, Command] = {name: typer.core.TyperCommand(name) for name in VERBS}
    return LazyVerbs(
        name="marketing-agent",
        help=HELP,
        commands=stubs,
        no_args_is_help=True,
        rich_markup_mode=None,
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit code: 0 done, 1 refused or failed, 2 misspelt."""
    if list(arguments) == ["--version"]:
        say(f"marketing-agent {version('marketing-agent')}")
        return 0
    try:
        code = root().main(
            args=list(arguments),
            prog_name="marketing-agent",
            standalone_mode=False,
            obj=tuple(arguments),
        )
    except Exception as error:  # noqa: BLE001  the outermost edge: every failure becomes a sentence
        return say_failure(error)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Run the command line that this process was started with."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # started with it closed, as some schedulers do
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  open until the end
    sys.exit(run(sys.argv[1:]))
