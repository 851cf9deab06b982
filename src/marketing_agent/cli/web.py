"""`marketing-agent web`: checks the tables, then becomes the web server."""

import os
import sys
from ipaddress import ip_address
from typing import Annotated

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, note
from marketing_agent.settings import Settings, settings
from marketing_agent.store.selfcheck import check_schema

app = new_app("Run the web server alone.")

_SERVER = "marketing_agent.cli.serve"

AllowPublic = Annotated[
    bool,
    typer.Option("--allow-public", help="Bind to an address that others reach, without a proxy."),
]


@app.command()
def web(allow_public: AllowPublic = False, as_json: AsJson = False) -> None:
    """Serve API and console until a signal ends it."""
    known = settings()
    refuse_public(known, allowed=allow_public)
    problems = check_schema()
    if problems:
        fail(problems[0])
    emit({"url": known.base_url}, as_json=as_json, text=lambda: note(f"Serving {known.base_url}"))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", _SERVER, *_place(known)])  # noqa: S606  ourselves


def _place(known: Settings) -> tuple[str, str]:
    host = f"[{known.host}]" if ":" in known.host else known.host
    return f"{host}:{known.port}", str(known.web_threads)


def refuse_public(known: Settings, *, allowed: bool) -> None:
    """Refuse to stand open to the network by mistake: tokens would travel in the clear.

    Raises:
        CommandError: unless the address is loopback, a proxy is configured, or it was allowed.
    """
    if allowed or known.trusted_proxies or _is_loopback(known.host):
        return
    fail(
        f"{known.host} can be reached by others. Put a reverse proxy with TLS in front and set "
        f"MARKETING_AGENT_TRUSTED_PROXIES, or give --allow-public."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
