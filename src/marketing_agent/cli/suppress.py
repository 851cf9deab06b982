"""`marketing-agent suppress`: whom we must not write to."""

from pathlib import Path
from typing import Annotated

import typer

from marketing_agent.campaigns.lifting import lift as lift_it
from marketing_agent.cli.output import AsJson, emit, new_app, note, operator, progress, say, table
from marketing_agent.engine.values import SuppressionCause
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.suppression_lists import import_suppressions
from marketing_agent.prospects.actions.suppressions import normal_key, scope_of
from marketing_agent.prospects.models import Suppression
from marketing_agent.workers import clock

app = new_app("Addresses and domains that are never written to.")

Key = Annotated[str, typer.Argument(metavar="ADDRESS_OR_DOMAIN", help="An address or a domain.")]


@app.command("add")
def add(
    key: Key,
    reason: Annotated[str, typer.Option("--reason", help="Why, or on what evidence.")] = "",
    cause: Annotated[SuppressionCause, typer.Option(help="The cause.")] = SuppressionCause.MANUAL,
    as_json: AsJson = False,
) -> None:
    """Never write to an address or domain again; sequences end, waiting letters are cancelled."""
    row = suppress(scope_of(key), _normal(key), cause, reason, operator(), clock.now())
    emit(_shown(row), as_json=as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One a line, or a CSV file.")],
    as_json: AsJson = False,
) -> None:
    """Suppress every address and domain of a file; run again, it adds only what is missing."""
    with progress(file.name) as advance:
        result = import_suppressions(file, operator(), clock.now(), advance)
    data = result.as_dict()
    emit(data, as_json=as_json, text=lambda: _say_import(data, result.refused))


def _say_import(data: dict[str, object], refused: list[tuple[int, str]]) -> None:
    table(("", "count"), [(name, data[name]) for name in ("read", "added", "already_there")])
    for line, sentence in refused:
        note(f"Line {line}: {sentence}")


@app.command("list")
def list_(
    search: Annotated[str, typer.Option("--search", "-q", help="Only this key.")] = "",
    lifted: Annotated[bool, typer.Option("--lifted", help="Show the lifted ones.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List suppressions, newest first."""
    rows = Suppression.objects.filter(lifted_at__isnull=not lifted)
    if search:
        rows = rows.filter(key=_normal(search))
    data = [_shown(row) for row in rows.order_by("-pk")[:limit]]
    columns = ("key", "scope", "cause", "evidence", "created_by", "created_at")
    emit(
        {"suppressions": data, "count": len(data)},
        as_json=as_json,
        text=lambda: table(
            columns, [[each[name] for name in columns] for each in data], empty="None."
        ),
    )


@app.command("lift")
def lift(
    key: Key,
    reason: Annotated[str, typer.Option("--reason", help="Why writing is allowed again.")],
    as_json: AsJson = False,
) -> None:
    """Allow an address or domain again; the sequences that it had ended go on."""
    row = lift_it(key, reason, operator(), clock.now())
    emit(_shown(row), as_json=as_json, text=lambda: say(f"{row.key} may be written to again."))


def _normal(key: str) -> str:
    return normal_key(scope_of(key), key)


def _shown(row: Suppression) -> dict[str, object]:
    names = ("key", "scope", "cause", "evidence", "created_by", "created_at", "lifted_at")
    return {name: getattr(row, name) for name in names}
