"""What a forked process does: one worker's shift, clearing up after a death, telling what is so.

The fork server imports this before it forks, so that a worker begins its work within milliseconds.
"""

import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.models import Q
from django.db.models.functions import Now

from crash import arming, facts, seed
from crash.arming import Arm
from crash.company import BATCH, Company
from crash.facts import Facts
from crash.judge import Truth, Verdict, judge
from crash.mutants import MUTANTS
from crash.place import NOW, Place, enter
from crash.scenes import Scene
from crash.seed import BY
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.email_states import DUE
from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.inquiries import look_into_unknown
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inbound.steps import process_new
from marketing_agent.operations.actions import end_stop, start_stop
from marketing_agent.operations.actions import resume as resuming
from marketing_agent.operations.models import Stop
from marketing_agent.outbox import claim
from marketing_agent.outbox.models import Email
from marketing_agent.workers import clock
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.clock import SimulatedClock
from marketing_agent.workers.tasks.sending import cycle

Counts = Mapping[str, object]
Job = Callable[[], Counts]

MOMENTS = (0.1, 6.5, 25.1, 28, 31.5, 49.5, 72.5, 96.5)
"""When the next worker does all of its work, in hours since the beginning."""

CYCLES = (16, 40, 61, 84)
"""When it runs a send cycle only, so that no pause between two of them looks like an outage."""

TURNS = 100
"""After so many turns in which it got nothing of what is due, a worker ends."""

GATE_S = 0.3
"""Time in which every process has looked at the stop and closed its gate."""


def make_world(place: Place) -> None:
    """Make the tables and write the world that every scene begins with."""
    enter(place)
    call_command("migrate", verbosity=0, interactive=False)
    seed.seed(place)
    connections.close_all()


def widen(place: Place) -> None:
    """Give the world two inboxes more, and a connection to each."""
    enter(place)
    seed.widen(place)
    connections.close_all()


def stop(place: Place) -> None:
    """Stop everything, and go away."""
    enter(place)
    start_stop("a doubt", BY, clock.now())
    connections.close_all()


def send_once(place: Place) -> None:
    """Run one send cycle, as a worker does every minute."""
    enter(place)
    cycle()
    connections.close_all()


def look(place: Place) -> Facts:
    """Tell what is so in a world."""
    enter(place)
    found = facts.look()
    connections.close_all()
    return found


@dataclass(frozen=True, slots=True)
class Shift:
    """What one worker is to do besides its work: where it dies, and with whom it works."""

    deadly: Arm | None = None
    company: Company | None = None


def work(place: Place, scene: Scene, shift: Shift) -> None:
    """Work one worker's shift in a scene, until nothing is left to do, or until the deadly step."""
    _go_to(place)
    if scene is Scene.RESCUE:
        _lapse_leases()
    if shift.company is not None and scene.hands_over:
        shift.company.meet_with_letters()
    if shift.deadly is not None:
        _let_stop_come(scene)
        arming.arm(shift.deadly)
    if shift.company is not None:
        shift.company.begin_together()
    _until_done(_jobs(scene, BATCH if shift.company else None))
    connections.close_all()


def clear_up(place: Place) -> Facts:
    """Go on as the next worker does: take over, and live four days; gives what the dead one left."""
    _go_to(place)
    _lapse_leases()
    claim.rescue(clock.now())
    found = facts.look()
    end_stop(BY, clock.now())
    for hours in sorted((*MOMENTS, *CYCLES)):
        if place.now < (then := NOW + timedelta(hours=hours)):
            clock.install(SimulatedClock(then))
            _until_idle((_send, _read, _process, _settle) if hours in MOMENTS else (_send,))
    connections.close_all()
    return found


def tell(place: Place, truth: Truth) -> Verdict:
    """Compare the store with what the servers saw."""
    enter(place)
    verdict = judge(truth)
    connections.close_all()
    return verdict


def _go_to(place: Place) -> None:
    enter(place)
    if place.mutant:
        MUTANTS[place.mutant]()


def _let_stop_come(scene: Scene) -> None:
    """Have somebody press stop in between: before the door, or when the letter has passed it."""
    if scene is Scene.STOPPED:
        arming.around("marketing_agent.outbox.steps:claim", _stopping)
    if scene is Scene.STOPPED_LATE:
        admit = "marketing_agent.workers.group_desk:GroupDesk.admit"
        arming.after(admit, partial(_press_stop, seen=True))


def _stopping(claim_letters: Callable[..., Sequence[Email]]) -> Callable[..., Sequence[Email]]:
    """Press stop once letters are in hand; whoever came too late for any must not stop the others."""

    def claim_and_stop(*args: Any, **kwargs: Any) -> Sequence[Email]:
        claimed = claim_letters(*args, **kwargs)
        if claimed:
            _press_stop(seen=False)
        return claimed

    return claim_and_stop


def _press_stop(*, seen: bool) -> None:
    start_stop("a doubt", BY, clock.now())
    if seen:
        threading.Event().wait(GATE_S)


def _lapse_leases() -> None:
    """Let the time pass that every lease of the dead lasts, on the database's own clock."""
    held = ~Q(lease_until=None)
    Email.objects.filter(held).update(lease_until=Now() - timedelta(seconds=1))
    InboxItem.objects.filter(held).update(lease_until=Now() - timedelta(seconds=1))


def _until_idle(jobs: tuple[Job, ...]) -> None:
    while _turn(jobs):
        pass


def _until_done(jobs: tuple[Job, ...]) -> None:
    """Work until nothing is due; a turn in which others got first to everything is not the end."""
    idle = 0
    while not idle or (idle < TURNS and _anything_due()):
        idle = 0 if _turn(jobs) else idle + 1


def _turn(jobs: tuple[Job, ...]) -> bool:
    """Let every job have its turn; says whether any of them did anything."""
    busy = [_busy(job) for job in jobs]
    return any(busy)


def _anything_due() -> bool:
    if Stop.objects.filter(ended_at=None).exists():
        return False
    letters = Email.objects.filter(state__in=DUE, due_at__lte=clock.now())
    steps = Enrollment.objects.filter(state="active", next_due_at__lte=clock.now())
    return letters.exists() or steps.exists()


def _busy(job: Job) -> bool:
    """Run a job; a failure is written down and the job comes round again, as under the real worker."""
    try:
        counts = job()
    except Exception:  # noqa: BLE001  the outermost loop of a worker
        traceback.print_exc(file=sys.stderr)
        return False
    return any(isinstance(each, int) and each for each in counts.values())


def _send(limit: int | None = None) -> Counts:
    result = cycle(limit)
    return {name: result[name] for name in ("planned", "sent", "unknown")}


def _read() -> Counts:
    counts = poll_all(clock.now())
    return {"new": counts["new"]}


def _process(limit: int | None = None) -> Counts:
    return process_new(limit or 100, this_owner(), clock.now())


def _settle() -> Counts:
    pool = SessionPool()
    try:
        counts = look_into_unknown(clock.now(), pool)
    finally:
        pool.close()
    return {name: counts[name] for name in ("opened", "sent", "not_sent")}


def _rescue() -> Counts:
    return claim.rescue(clock.now())


def _resume() -> Counts:
    """End the stop as a person does who wants to go on with care; whoever comes second has nothing to do."""
    if Stop.objects.filter(ended_at=None).exists():
        resuming.resume_sending(BY, clock.now(), gradually=True)
    return {}


def _jobs(scene: Scene, batch: int | None) -> tuple[Job, ...]:
    """Give what a worker does in a scene, and how much of it at a time; None: all there is."""
    jobs: dict[Scene, tuple[Job, ...]] = {
        Scene.INBOUND: (_read, partial(_process, batch)),
        Scene.DOUBT: (_settle,),
        Scene.RESCUE: (_rescue,),
        Scene.RESUME: (_resume, partial(_send, batch)),
    }
    return jobs.get(scene, (partial(_send, batch),))
