"""Who acts: the person or job behind a change, for records and the audit log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (`name`), through what (`origin`: cli, console, job name or remote address)."""

    name: str
    origin: str
    request_id: str = ""


def job_actor(job: str) -> Actor:
    """Give the actor that stands for a job running by itself."""
    return Actor(name="system", origin=job)
