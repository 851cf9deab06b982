"""The job that asks a model about replies that the rules are in doubt about."""

from datetime import datetime
from typing import Any

from marketing_agent.inbound.second_opinion import give_opinions
from marketing_agent.workers import clock
from marketing_agent.workers.actions import make_due
from marketing_agent.workers.claim import this_owner

BATCH = 50
"""Replies in one run; the next run takes the next ones."""


def second_opinions(now: datetime) -> dict[str, Any]:
    """Ask about doubtful replies, and have the salesperson told of what turns out to be welcome.

    Each is dated by the clock, for an answer may take long.
    """
    del now
    counts = give_opinions(BATCH, this_owner(), clock.now, clock.wait)
    if counts.get("accepted"):
        make_due("tell-sales", clock.now())
    return counts
