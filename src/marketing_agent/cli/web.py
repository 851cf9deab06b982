"""`marketing-agent web`: the web server, gunicorn with threads in one process."""

from ipaddress import ip_address
from typing import Annotated, Any

import typer
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from gunicorn.app.base import BaseApplication

from marketing_agent.cli.output import AsJson, emit, fail, new_app, note
from marketing_agent.settings import Settings, settings
from marketing_agent.store.selfcheck import check_schema
from marketing_agent.workers import logs

app = new_app("Run the web server alone.")

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
    logs.configure("web")
    connections.close_all()  # a connection must not cross the fork
    emit({"url": known.base_url}, as_json=as_json, text=lambda: note(f"Serving {known.base_url}"))
    Server(known).run()


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


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn, told by our settings alone: no file, variable or option of its own counts."""

    def __init__(self, known: Settings) -> None:
        self._known = known
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Give the WSGI application."""
        from marketing_agent.wsgi import application  # noqa: PLC0415  loads every route

        return application

    def _options(self) -> dict[str, Any]:
        host = f"[{self._known.host}]" if ":" in self._known.host else self._known.host
        return {
            "bind": f"{host}:{self._known.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._known.web_threads,
            "preload_app": True,  # shared with the forked process, which saves its memory
            "timeout": 120,
            "graceful_timeout": 30,
            "forwarded_allow_ips": "",  # our own middleware decides whose headers count
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "marketing-agent-web",
        }
