"""`marketing-agent web`: checks the tables, then becomes the web server."""

import os
import sys

from marketing_agent.cli.binding import AllowPublic, refuse_public
from marketing_agent.cli.output import AsJson, emit, fail, new_app, note
from marketing_agent.settings import Settings, settings
from marketing_agent.store.selfcheck import check_schema

app = new_app("Run the web server alone.")

_SERVER = "marketing_agent.cli.serve"


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
