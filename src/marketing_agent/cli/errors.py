"""`marketing-agent errors`: what went wrong, equals counted together."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, table
from marketing_agent.operations.models import ErrorGroup

app = new_app("List recorded errors.")

_COLUMNS = ("type", "message", "count", "first_seen", "last_seen", "subject", "origin", "sample")
_SHOWN = ("last_seen", "type", "count", "subject", "origin", "message")


@app.callback()
def errors() -> None:
    """Recorded errors, equal ones counted together."""


@app.command("list")
def list_(
    type_: Annotated[str, typer.Option("--type", help="Only this type, such as job.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Rows at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List errors, the latest first; --json shows a sample of each."""
    rows = ErrorGroup.objects.order_by("-last_seen")
    found = list((rows.filter(type=type_) if type_ else rows).values(*_COLUMNS)[:limit])
    shown = [[error[name] for name in _SHOWN] for error in found]
    data = {"errors": found, "count": len(found)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, shown, empty="No errors."))
