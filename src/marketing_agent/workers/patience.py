"""Waiting for a store that is away for a moment, where giving up would lose what we alone know."""

import threading
from collections.abc import Callable, Sequence

import structlog
from django.db import connections

from marketing_agent.store.trouble import STORE_TROUBLE

WAITS_S = (0.2, 1.0, 3.0, 10.0, 30.0)
"""Seconds between the tries: long enough for a database that is started anew."""

_log = structlog.get_logger(__name__)


def patiently(
    work: Callable[[], None], again: Callable[[], None], waits_s: Sequence[float] = WAITS_S
) -> None:
    """Do `work`; as long as the store has trouble, wait and do `again`.

    `again` must look first at what is done already: a commit may succeed although its answer is lost.
    The last try's exception passes through.
    """
    for seconds in waits_s:
        try:
            return work()
        except STORE_TROUBLE as error:
            _log.warning("the store has trouble; trying again", error=str(error), after_s=seconds)
        connections.close_all()
        threading.Event().wait(seconds)
        work = again
    return work()
