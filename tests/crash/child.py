"""What a forked process does: one worker's shift, clearing up after a death, telling what is so.

The fork server imports this before it forks, so that a worker begins its work within milliseconds.
"""

import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from django.core.management import call_command
from django.db import connections
from django.db.models import Q
from django.db.models.functions import Now

from crash import arming, judge
from crash.arming import Arm
from crash.mutants import MUTANTS
from crash.place import NOW, Place, enter
from crash.points import Scene
from crash.seed import BY, seed
from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.inquiries import look_into_unknown
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inbound.steps import process_new
from marketing_agent.operations.actions import end_stop, start_stop
from marketing_agent.outbox import claim
from marketing_agent.outbox.models import Email
from marketing_agent.workers import clock
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.clock import SimulatedClock
from marketing_agent.workers.tasks.sending import cycle

Counts = Mapping[str, object]
Job = Callable[[], Counts]

GATE_S = 0.3
"""Time in which every process has looked at the stop and closed its gate."""


def make_world(place: Place) -> None:
    """Make the tables and write the world that every scene begins with."""
    enter(place)
    call_command("migrate", verbosity=0, interactive=False)
    seed(place)
    connections.close_all()


def work(place: Place, scene: Scene, deadly: Arm | None) -> None:
    """Work one worker's shift in a scene, until nothing is left to do, or until the deadly step."""
    _go_to(place)
    _prepare(scene, deadly)
    if deadly is not None:
        arming.arm(deadly)
    _until_idle(_JOBS[scene])
    connections.close_all()


def clear_up(place: Place, accepted: Mapping[str, int]) -> judge.Findings:
    """Go on as the next worker does: take over, and live four days; gives what came of it all.

    `accepted` is what the SMTP server has counted by the time of the death.
    """
    _go_to(place)
    _lapse_leases()
    claim.rescue(clock.now())
    doubtful = judge.unknown_letters()
    end_stop(BY, clock.now())
    for hours in (0.1, 6.5, 25, 25.5, 32, 49, 49.5, 97, 97.5):
        clock.install(SimulatedClock(NOW + timedelta(hours=hours)))
        _until_idle((_send, _read, _process, _settle))
    connections.close_all()
    return judge.Findings(doubtful, {name: accepted.get(name, 0) for name in doubtful})


def doubts(place: Place) -> tuple[str, ...]:
    """Name the letters of a stage whose outcome is in doubt before anybody dies in it."""
    enter(place)
    found = judge.doubtful_letters()
    connections.close_all()
    return found


def tell(place: Place, accepted: Mapping[str, int], mails: int) -> judge.Verdict:
    """Compare the store with what the SMTP server counted and with the mails that came in."""
    enter(place)
    verdict = judge.judge(accepted, mails)
    connections.close_all()
    return verdict


def _go_to(place: Place) -> None:
    enter(place)
    if place.mutant:
        MUTANTS[place.mutant]()


def _prepare(scene: Scene, deadly: Arm | None) -> None:
    if scene is Scene.RESCUE:
        _lapse_leases()
    if scene is Scene.STOPPED and deadly is not None:
        late = deadly.point.doubtful
        where = "marketing_agent.workers.group_desk:GroupDesk.admit"
        target = where if late else "marketing_agent.outbox.steps:claim"
        arming.after(target, partial(_press_stop, seen=late))


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
    idle = 0
    while idle < 2:
        busy = [_busy(job) for job in jobs]  # every job has its turn
        idle = 0 if any(busy) else idle + 1


def _busy(job: Job) -> bool:
    """Run a job; a failure is written down and the job comes round again, as under the real worker."""
    try:
        counts = job()
    except Exception:  # noqa: BLE001  the outermost loop of a worker
        traceback.print_exc(file=sys.stderr)
        return False
    return any(isinstance(each, int) and each for each in counts.values())


def _send() -> Counts:
    result = cycle()
    return {name: result[name] for name in ("planned", "sent", "unknown")}


def _read() -> Counts:
    counts = poll_all(clock.now())
    return {"new": counts["new"]}


def _process() -> Counts:
    return process_new(100, this_owner(), clock.now())


def _settle() -> Counts:
    pool = SessionPool()
    try:
        counts = look_into_unknown(clock.now(), pool)
    finally:
        pool.close()
    return {name: counts[name] for name in ("opened", "sent", "not_sent")}


def _rescue() -> Counts:
    return claim.rescue(clock.now())


_JOBS: dict[Scene, tuple[Job, ...]] = {
    Scene.SEND: (_send,),
    Scene.REFUSED: (_send,),
    Scene.REFUSED_LATE: (_send,),
    Scene.STOPPED: (_send,),
    Scene.INBOUND: (_read, _process),
    Scene.DOUBT: (_settle,),
    Scene.RESCUE: (_rescue,),
}
