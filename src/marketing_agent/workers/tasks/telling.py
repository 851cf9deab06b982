"""The job that tells the salesperson of replies; it goes on under an emergency stop."""

from datetime import datetime
from typing import Any

from marketing_agent.inbound.actions.answers import expire
from marketing_agent.inbound.notices import tell_waiting
from marketing_agent.providers.messenger import tell
from marketing_agent.workers.claim import this_owner


def tell_sales(now: datetime) -> dict[str, Any]:
    """Tell of new replies, and close the suggestions that nobody approved in time."""
    return tell_waiting(tell, this_owner(), now) | {"expired": expire(now)}
