"""`marketing-agent alerts`: what a person should look at."""

from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, new_app, operator, say, table
from marketing_agent.operations.actions import dismiss_alert
from marketing_agent.operations.models import Alert
from marketing_agent.workers import clock

app = new_app("List and close alerts.")

_SHOWN = ("opened_at", "severity", "key", "summary", "proposal", "last_seen_at", "closed_at")


@app.callback()
def alerts() -> None:
    """What a person should look at."""


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Rows at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List open alerts, the latest first."""
    rows = Alert.objects.order_by("-id")
    found = list((rows if every else rows.filter(closed_at=None)).values(*_SHOWN)[:limit])
    shown = [[alert[name] for name in _SHOWN] for alert in found]
    data = {"alerts": found, "count": len(found)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, shown, empty="No open alerts."))


@app.command()
def close(
    key: Annotated[str, typer.Argument(help="The alert's key, as `list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Close an alert that was looked at; it opens again when it is so again."""
    dismiss_alert(key, operator(), clock.now())
    emit({"closed": key}, as_json=as_json, text=lambda: say(f"{key} is closed."))
