"""switches.md: what changes while the program runs, from `operations.switches.SWITCHES`."""

import json

from marketing_agent.operations.switches import SWITCHES
from reference.markdown import code, table

_ABOUT = """
A switch is set with `marketing-agent config set NAME VALUE` or `POST /api/config`, works at once for
every process, and leaves a line in the audit log. The switches of *new inboxes* are defaults: an
inbox that exists keeps its own settings. What needs a restart is a [setting](settings.md).
"""


def body() -> str:
    """Write the page."""
    rows = [
        (code(spec.key), str(spec.kind), _default(spec.default), spec.help)
        for spec in SWITCHES.values()
    ]
    return f"{_ABOUT}\n{table(('switch', 'takes', 'default', 'what it does'), rows)}"


def _default(value: object) -> str:
    if isinstance(value, str):
        return code(value) or "(empty)"
    return code(json.dumps(value))
