"""The jobs that read mail; they go on under an emergency stop."""

import os
import socket
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.steps import process_new

BATCH = 500
"""Items worked through in one run; the next run takes the next ones."""


def read_inboxes(now: datetime) -> dict[str, Any]:
    """Fetch what is new in every inbox."""
    return _counts(poll_all(now))


def process_inbox(now: datetime) -> dict[str, Any]:
    """Work through the mail that was fetched."""
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}"
    return _counts(process_new(BATCH, owner, now))


def _counts(result: object) -> dict[str, Any]:
    if is_dataclass(result) and not isinstance(result, type):
        return asdict(result)
    return dict(result) if isinstance(result, dict) else {"done": str(result)}
