"""`marketing-agent env`: shell lines for `eval "$(marketing-agent env)"`."""

import shlex

from marketing_agent.cli.home import CURL_FOLDER, has_curl_files
from marketing_agent.cli.output import AsJson, emit, fail, new_app, say
from marketing_agent.settings import settings

app = new_app("Print shell lines for curl and others.")


@app.command()
def env(as_json: AsJson = False) -> None:
    """Print CURL_HOME and MARKETING_AGENT_URL: with them, curl sends our token to our host only."""
    known = settings()
    if not has_curl_files(known.home):
        fail(f"There is no token for curl in {known.home}. Run `marketing-agent init` first.")
    lines = {
        "CURL_HOME": str(known.home / CURL_FOLDER),
        "MARKETING_AGENT_URL": known.base_url,
    }
    emit(lines, as_json=as_json, text=lambda: _say(lines))


def _say(lines: dict[str, str]) -> None:
    for name, value in lines.items():
        say(f"export {name}={shlex.quote(value)}")
