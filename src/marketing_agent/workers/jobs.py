"""The job registry: what runs by itself, how often, and which function does it.

A job names its function instead of importing it, so that the registry loads without the whole program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from marketing_agent.operations.errors import ConflictError, NotFoundError, OperatorError

_TASKS = "marketing_agent.workers.tasks"


class UnknownJob(NotFoundError):  # noqa: N818  the name is part of the contract
    """No job has that name."""

    code = "unknown_job"


class JobRunning(ConflictError):  # noqa: N818  the name is part of the contract
    """Somebody runs the job at this moment."""

    code = "job_running"
    retryable = True


class JobFailed(OperatorError):  # noqa: N818  as JobRunning
    """The job ran and failed; the error is recorded."""

    code = "job_failed"
    status = 500


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One job: its name, its interval in seconds, its function as `module:name`, and its help."""

    name: str
    every_s: int
    target: str
    help: str

    def run(self, now: datetime) -> Mapping[str, Any]:
        """Import the function and call it; gives what it did, as JSON can hold it."""
        module, _, function = self.target.partition(":")
        result: Mapping[str, Any] = getattr(import_module(module), function)(now)
        return result


JOBS: tuple[JobSpec, ...] = (
    JobSpec("send-emails", 60, f"{_TASKS}.sending:send_emails", "Plan and deliver what is due."),
    JobSpec("read-inboxes", 45, f"{_TASKS}.reading:read_inboxes", "Fetch new mail by IMAP."),
    JobSpec("process-inbox", 30, f"{_TASKS}.reading:process_inbox", "Work through fetched mail."),
    JobSpec("tell-sales", 30, f"{_TASKS}.telling:tell_sales", "Tell the salesperson of replies."),
    JobSpec(
        "second-opinions",
        30,
        f"{_TASKS}.opinions:second_opinions",
        "Ask a model about replies that the rules are in doubt about.",
    ),
    JobSpec(
        "settle-unknown",
        60,
        f"{_TASKS}.reading:settle_unknown",
        "Find out what became of letters whose outcome is unknown.",
    ),
    JobSpec(
        "verify-prospects", 60, f"{_TASKS}.verifying:verify_prospects", "Make prospects ready."
    ),
    JobSpec("inbox-health", 3600, f"{_TASKS}.health:inbox_health", "Judge every inbox; pause."),
    JobSpec("rescue", 60, f"{_TASKS}.upkeep:rescue", "Settle what a dead worker left behind."),
    JobSpec(
        "resume-gradually", 60, f"{_TASKS}.upkeep:resume_gradually", "Raise the cap after a stop."
    ),
    JobSpec("watch", 300, f"{_TASKS}.upkeep:watch", "Open alerts when something is wrong."),
    JobSpec("cleanup", 86_400, f"{_TASKS}.upkeep:cleanup", "Remove old runs, errors and keys."),
)


def find_job(name: str, jobs: tuple[JobSpec, ...] = JOBS) -> JobSpec:
    """Give the job called `name`.

    Raises:
        UnknownJob: when there is none.
    """
    for spec in jobs:
        if spec.name == name:
            return spec
    raise UnknownJob(
        f"There is no job {name!r}. Known are: {', '.join(spec.name for spec in jobs)}."
    )
