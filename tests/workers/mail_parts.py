"""The jobs that read mail, telling the test of each run."""

from datetime import datetime
from queue import SimpleQueue
from typing import Any

from marketing_agent.workers.jobs import JobSpec
from marketing_agent.workers.tasks.reading import process_inbox, read_inboxes

reads: SimpleQueue[int] = SimpleQueue()
processed: SimpleQueue[int] = SimpleQueue()

HOURLY = tuple(
    JobSpec(name, 3600, f"workers.mail_parts:{function}", "A job of a test.")
    for name, function in (("read-inboxes", "read_mail"), ("process-inbox", "process"))
)


def read_mail(now: datetime) -> dict[str, Any]:
    counts = read_inboxes(now)
    reads.put(counts["new"])
    return counts


def process(now: datetime) -> dict[str, Any]:
    counts = process_inbox(now)
    processed.put(counts["processed"])
    return counts
