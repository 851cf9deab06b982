"""The web server: gunicorn with threads in one process, which alone loads the program.

Started by `marketing-agent web`; the parent process stays small, for it only watches the other.
"""

import sys
from typing import Any

from gunicorn.app.base import BaseApplication


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn, told by its arguments alone: no file, variable or option of its own counts."""

    def __init__(self, bind: str, threads: int) -> None:
        self._bind = bind
        self._threads = threads
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Give the WSGI application; runs in the process that answers requests."""
        from marketing_agent.cli.ready import set_up_django  # noqa: PLC0415  not in the parent

        set_up_django()
        from marketing_agent.workers import logs  # noqa: PLC0415  as above
        from marketing_agent.wsgi import application  # noqa: PLC0415  as above

        logs.configure("web")
        return application

    def _options(self) -> dict[str, Any]:
        return {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._threads,
            "timeout": 120,
            "graceful_timeout": 30,
            "forwarded_allow_ips": "",  # our own middleware decides whose headers count
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "marketing-agent-web",
        }


if __name__ == "__main__":
    Server(sys.argv[1], int(sys.argv[2])).run()
