"""The log lines of web server, worker and commands, read back in order of time; needs no store."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from marketing_agent.settings import settings


def log_lines(since: datetime, **wanted: str) -> list[dict[str, Any]]:
    """Give the lines since a moment (UTC), oldest first; of `wanted` (job, level) empty is any."""
    start = since.isoformat()
    asked = {name: value for name, value in wanted.items() if value}
    found = (line for line in _all() if str(line.get("at", "")) >= start)
    return sorted(
        (line for line in found if asked.items() <= line.items()),
        key=lambda line: str(line.get("at", "")),
    )


def _all() -> Iterator[dict[str, Any]]:
    for file in sorted((settings().home / "logs").glob("*.log*")):
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from (parsed for line in lines if (parsed := _parsed(line)) is not None)


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:  # a line cut off by a full disk or a rotation
        return None
    return {"level": "info"} | found if isinstance(found, dict) else None
