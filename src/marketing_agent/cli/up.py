"""`marketing-agent up`: tables first, then web server and worker, supervised."""

import os
import subprocess
import sys

from marketing_agent.cli.binding import AllowPublic, refuse_public, refuse_taken
from marketing_agent.cli.output import AsJson, CommandError, new_app, note
from marketing_agent.cli.ready import fail_uninstalled
from marketing_agent.settings import settings

app = new_app("Run web server and worker together, supervised.")

_SUPERVISOR = "marketing_agent.workers.supervisor"
_TAKEN = "Perhaps `up` runs already; another port can be set with MARKETING_AGENT_PORT."


@app.command()
def up(allow_public: AllowPublic = False, as_json: AsJson = False) -> None:
    """Back up and migrate, check the tables, then run web and worker and restart what falls over."""
    # This process imports neither Django nor the verbs, and then becomes the supervisor, which is
    # smaller still: the memory goes to those who work.
    del as_json  # what it has to say goes to the log
    known = settings()
    if not known.key_material():
        fail_uninstalled(known.home)
    refuse_public(known, allowed=allow_public)
    refuse_taken(known.host, known.port, _TAKEN)
    ended = subprocess.run([sys.executable, "-m", "marketing_agent.cli", "migrate"], check=False)
    if ended.returncode:
        raise CommandError("The tables are not ready, so nothing was started.", ended.returncode)
    note(f"Starting web server and worker; {known.base_url}")
    options = ["--allow-public"] if allow_public else []
    os.execv(sys.executable, [sys.executable, "-m", _SUPERVISOR, *options])  # noqa: S606  ourselves
