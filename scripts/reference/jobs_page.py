"""jobs.md: what runs by itself, from `workers.jobs.JOBS`."""

from marketing_agent.workers.jobs import JOBS
from reference.markdown import code, table

_ABOUT = """
The worker runs each job when its time has come, and never twice at once, however many workers there
are. `marketing-agent jobs list` shows the last run of each, `marketing-agent jobs run NAME` and
`POST /cron/NAME` run one now. A job that the machine slept through counts as missed and is run once.
"""


def body() -> str:
    """Write the page."""
    rows = [(code(spec.name), interval(spec.every_s), spec.help) for spec in JOBS]
    return f"{_ABOUT}\n{table(('job', 'every', 'what it does'), rows)}"


def interval(seconds: int) -> str:
    """Say an interval in the largest unit that divides it."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}s" if count > 1 else unit
    raise ValueError(seconds)
