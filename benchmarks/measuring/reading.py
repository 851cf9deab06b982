"""Fetching and working through mail, timed."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.steps import process_new
from marketing_agent.workers.threads import ThreadLanes
from measuring.letters import START

SAMPLE = 130
"""Mails worked through with their queries counted: ten of each kind."""


@dataclass(frozen=True)
class Stage:
    """One measured stage."""

    name: str
    items: int
    seconds: float
    cpu: float  # seconds of our process alone, the server's left out
    queries: str = ""


def fetch(expected: int, lanes: int) -> Stage:
    """Read every inbox over IMAP, with TLS, and store what is there."""
    stage = _timed("fetch and store", lambda: poll_all(START, lanes=ThreadLanes(lanes)))
    if stage.items != expected:
        sys.exit(f"Only {stage.items} of {expected} mails were stored.")
    return stage


def process(expected: int) -> Stage:
    """Work through all that was stored: matched, read, and acted on, a transaction a mail."""
    with CaptureQueriesContext(connection) as captured:
        process_new(SAMPLE, "bench", START)
    stage = _timed("process", lambda: process_new(expected, "bench", START))
    left = InboxItem.objects.exclude(state="processed").count()
    if left or stage.items != expected - SAMPLE:
        sys.exit(f"{left} mails were not processed.")
    queries = f"{len(captured) / SAMPLE:.1f}"
    return Stage(stage.name, stage.items, stage.seconds, stage.cpu, queries)


def _timed(name: str, work: Callable[[], Mapping[str, int]]) -> Stage:
    begun, cpu = perf_counter(), process_time()
    counts = work()
    items = counts.get("new", 0) + counts.get("processed", 0)
    return Stage(name, items, perf_counter() - begun, process_time() - cpu)
