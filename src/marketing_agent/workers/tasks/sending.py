"""The job that lets mail leave, and nothing else does."""

from datetime import datetime
from typing import Any

from marketing_agent.inbound.last_look import LastLook
from marketing_agent.operations.config import read
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.send import run_cycle
from marketing_agent.workers import clock
from marketing_agent.workers.actions import make_due
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.group_desk import GroupDesk
from marketing_agent.workers.tasks.sessions import POOL
from marketing_agent.workers.threads import ThreadLanes


def send_emails(now: datetime) -> dict[str, Any]:
    """Run one send cycle; each letter is dated by the clock, for a cycle may last minutes."""
    del now
    return cycle()


def cycle(limit: int | None = None) -> dict[str, Any]:
    """Run one send cycle through every rule; at most `limit` letters are tried."""
    with GroupDesk(clock.now) as desk:
        lanes = ThreadLanes(read("send_connections"))
        delivery = Delivery(desk, lanes, clock.now, LastLook(POOL, clock.now))
        result = run_cycle(delivery, this_owner(), limit=limit)
    if result.refused["answer_unread"]:
        make_due("read-inboxes", clock.now())  # the answers that were seen are read at once
    return result.as_dict()
