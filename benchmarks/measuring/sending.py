"""One send cycle, timed: through the desk of many lanes, and with a commit for each step."""

import sys
from dataclasses import dataclass
from time import perf_counter, process_time

from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.send import run_cycle
from marketing_agent.workers.clock import RunningClock
from marketing_agent.workers.group_desk import GroupDesk
from marketing_agent.workers.threads import InlineLanes, ThreadLanes
from measuring.letters import START


@dataclass(frozen=True)
class Run:
    """One measured cycle."""

    name: str
    letters: int
    seconds: float
    cpu: float  # seconds of our process alone, the sink's left out

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self.letters / self.seconds


def alone(count: int) -> Run:
    """Send over one lane, each step committed by itself."""
    now = RunningClock(START).now
    return _timed("one lane, a commit a step", Delivery(DirectDesk(now), InlineLanes(), now), count)


def grouped(count: int, lanes: int) -> Run:
    """Send over `lanes` lanes, whose steps share commits."""
    now = RunningClock(START).now
    with GroupDesk(now) as desk:
        return _timed(f"{lanes} lanes, one desk", Delivery(desk, ThreadLanes(lanes), now), count)


def _timed(name: str, delivery: Delivery, count: int) -> Run:
    begun, cpu = perf_counter(), process_time()
    result = run_cycle(delivery, "bench", limit=count)
    run = Run(name, result.outcomes["sent"], perf_counter() - begun, process_time() - cpu)
    if run.letters != count:
        sys.exit(f"{name}: not all letters were sent: {result.as_dict()}")
    return run
