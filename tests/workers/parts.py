"""Jobs that tests register: they note their runs, fail on request, or count side by side."""

from datetime import UTC, datetime
from typing import Any

from marketing_agent.workers.jobs import JobSpec

NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)

ran: list[str] = []


def note(now: datetime) -> dict[str, Any]:
    ran.append(f"{now:%H:%M}")
    return {"ran": len(ran)}


def fail(now: datetime) -> dict[str, Any]:
    raise RuntimeError(f"no luck at {now:%H:%M}")


def spec(name: str = "note", every_s: int = 60, function: str = "note") -> JobSpec:
    return JobSpec(name, every_s, f"workers.parts:{function}", "A job of a test.")
