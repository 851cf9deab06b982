"""Which addresses the web server may bind to."""

import socket
from ipaddress import ip_address
from typing import Annotated

import typer

from marketing_agent.cli.output import fail
from marketing_agent.settings import Settings

AllowPublic = Annotated[
    bool,
    typer.Option("--allow-public", help="Bind to an address that others reach, without a proxy."),
]


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


def refuse_taken(host: str, port: int, remedy: str) -> None:
    """Refuse a port that cannot be opened, before anything else is started or lived through.

    Raises:
        CommandError: with `remedy` as the sentence that says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        fail(f"Port {port} of {host} cannot be opened ({error.strerror}). {remedy}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
