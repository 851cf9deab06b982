"""The jobs that read mail; they go on under an emergency stop."""

from datetime import datetime
from typing import Any

from marketing_agent.engine.values import ItemKind
from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.inquiries import look_into_unknown
from marketing_agent.inbound.steps import process_new
from marketing_agent.workers.actions import make_due
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.tasks.sessions import POOL
from marketing_agent.workers.threads import ThreadLanes

BATCH = 2_000
"""Items worked through in one run; the next run takes the next ones."""

LANES = 8
"""Inboxes read at the same time: one server that hangs must not keep the others waiting."""


def read_inboxes(now: datetime) -> dict[str, Any]:
    """Fetch what is new in every inbox, and have it worked through without delay."""
    counts = poll_all(now, pool=POOL, lanes=ThreadLanes(LANES))
    if counts["new"]:
        make_due("process-inbox", now)
    return dict(counts)


def settle_unknown(now: datetime) -> dict[str, Any]:
    """Look for traces of letters whose outcome is unknown."""
    return dict(look_into_unknown(now, POOL))


def process_inbox(now: datetime) -> dict[str, Any]:
    """Work through the mail that was fetched, and have the salesperson told without delay."""
    counts = process_new(BATCH, this_owner(), now)
    if counts.get(ItemKind.REPLY):
        make_due("tell-sales", now)
    return dict(counts)
