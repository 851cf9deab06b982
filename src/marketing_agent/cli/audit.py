"""`marketing-agent audit`: who changed what, when, from where."""

from typing import Annotated

import typer

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.cli.output import AsJson, emit, new_app, table

app = new_app("Show who changed what.")

_COLUMNS = ("at", "actor", "origin", "action", "subject", "before", "after", "reason", "request_id")
_SHOWN = ("at", "actor", "origin", "action", "subject", "after", "reason")


@app.command()
def audit(
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Entries at most.")] = 50,
    action: Annotated[str, typer.Option("--action", help="Only this action.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the latest entries of the audit log, newest first."""
    rows = AuditEntry.objects.order_by("-id")
    found = list((rows.filter(action=action) if action else rows).values(*_COLUMNS)[:limit])
    shown = [[entry[name] for name in _SHOWN] for entry in found]
    data = {"audit": found, "count": len(found)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, shown))
