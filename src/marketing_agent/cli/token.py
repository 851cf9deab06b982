"""`marketing-agent token`: who may call the API."""

from datetime import timedelta
from typing import Annotated

import typer

from marketing_agent.accounts.actions import create_token, revoke_token
from marketing_agent.accounts.models import ApiToken
from marketing_agent.cli.output import AsJson, emit, new_app, note, operator, say, table
from marketing_agent.workers import clock

app = new_app("Make, list and revoke API tokens.")

_SHOWN = ("name", "prefix", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[str, typer.Option("--scope", help="read, operate or admin.")] = "operate",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="Days until it expires.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token; it is printed once and kept nowhere in the clear."""
    now = clock.now()
    expires_at = None if days is None else now + timedelta(days=days)
    row, plain = create_token(name, scope, expires_at, operator(), now)
    data = {name: getattr(row, name) for name in _SHOWN} | {"token": plain}
    emit(data, as_json=as_json, text=lambda: _say(plain))


def _say(plain: str) -> None:
    say(plain)
    note("Keep it now: it is not shown again.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the tokens, revoked ones included, newest first."""
    found = list(ApiToken.objects.order_by("-id").values(*_SHOWN))
    rows = [[token[name] for name in _SHOWN] for token in found]
    data = {"tokens": found, "count": len(found)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, rows))


@app.command()
def revoke(
    name_or_prefix: Annotated[str, typer.Argument(help="The token's name or first characters.")],
    as_json: AsJson = False,
) -> None:
    """Take a token's power away, at once."""
    row = revoke_token(name_or_prefix, operator(), clock.now())
    data = {"name": row.name, "prefix": row.prefix, "revoked_at": row.revoked_at}
    emit(data, as_json=as_json)
