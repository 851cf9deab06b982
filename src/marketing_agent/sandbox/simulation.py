"""Days in seconds: the clock jumps from one interesting moment to the next, the real jobs run."""

from collections.abc import Callable
from datetime import datetime, timedelta

from marketing_agent.operations.actions import end_stop, start_stop
from marketing_agent.outbox.imports import import_prospects
from marketing_agent.prospects.importing import ImportResult
from marketing_agent.sandbox.faults import answer_lost, first_of, times
from marketing_agent.sandbox.world import BY, World
from marketing_agent.workers import clock
from marketing_agent.workers.run import run_job

STEP = timedelta(minutes=20)
NIGHT = timedelta(hours=3)
LAST_CYCLE = timedelta(hours=2)
"""No cycle runs in the last two hours, so that letters are due when a person takes over."""

_FIRST_WINDOW, _LAST_WINDOW, _FRIDAY = 7, 18, 4


def simulate(world: World, until: datetime, progress: Callable[[datetime], None]) -> ImportResult:
    """Import the prospects, then live until `until`: send, read, judge, and press stop once.

    After the stop the server loses one answer, so that an unknown outcome is settled by evidence too.
    """
    imported = import_prospects(
        world.prospects_csv, dry_run=False, by=BY, now=clock.now(), allow_test_domains=True
    )
    _run("verify-prospects")
    stop_at, resume_at = _stop_hours(clock.now(), until)
    while clock.now() < until:
        _live(world, until)
        progress(clock.now())
        after = min(clock.now() + _step(clock.now()), until)
        if clock.now() <= stop_at < after:
            start_stop("a doubt about the list, to be looked at", BY, clock.now())
        if clock.now() <= resume_at < after:
            end_stop(BY, clock.now())
            world.smtp.decide = first_of(times(1, answer_lost()), world.internet.decide)
        world.clock.move_to(after)
    settle(world)
    return imported


def _stop_hours(start: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Give the hours of an emergency stop in the middle of the days, half a day long."""
    middle = start + (until - start) / 2
    return middle, middle + timedelta(hours=12)


def _step(now: datetime) -> timedelta:
    return STEP if _in_working_hours(now) else NIGHT


def _in_working_hours(now: datetime) -> bool:
    return now.weekday() <= _FRIDAY and _FIRST_WINDOW <= now.hour < _LAST_WINDOW


def _live(world: World, until: datetime) -> None:
    now = clock.now()
    if world.internet.release(now):
        settle(world)
    if _in_working_hours(now):
        world.salesperson.work(now)
    now_and_then = now.hour % 6 == 0 and now.minute < STEP.seconds // 60
    if now_and_then:
        for job in ("inbox-health", "rescue", "watch"):
            _run(job)
    # Now and then at night too: after a day without a cycle what is due would be held for review.
    if (now_and_then or _in_working_hours(now)) and now < until - LAST_CYCLE:
        _run("send-emails")


def settle(world: World) -> None:
    """Read and work through everything that has arrived."""
    world.internet.release(clock.now())
    _run("read-inboxes")
    _run("process-inbox")
    _run("tell-sales")
    _run("settle-unknown")


def _run(job: str) -> None:
    run_job(job, "demo", clock.now())
