"""Ending the stop: the cap first, then the stop, so that nothing rushes out in between."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.operations.actions.resumptions import begin_resumption
from marketing_agent.operations.actions.stops import adopt_file, end_stop
from marketing_agent.operations.actions.switches import set_switch
from marketing_agent.operations.config import CAP_KEY
from marketing_agent.operations.models import Stop


@transaction.atomic
def resume_sending(
    by: Actor, now: datetime, *, max_per_run: int | None = None, gradually: bool = False
) -> Stop | None:
    """Let senders go on; gives the stop that ended, or None when there was none.

    Args:
        by: who wants it.
        now: UTC.
        max_per_run: letters a cycle may let out from here on; None leaves the cap as it is.
        gradually: one letter a cycle first, then more by itself.

    Raises:
        StopFileStaysError: when the file STOP cannot be removed; then nothing has changed.
    """
    # A stop ends the gradual start that it interrupts, so it comes before a new one begins.
    adopt_file(now)
    if gradually:
        begin_resumption(by, now)
    elif max_per_run is not None:
        set_switch(CAP_KEY, max_per_run, by, now)
    return end_stop(by, now)
