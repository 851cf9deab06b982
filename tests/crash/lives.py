"""What workers do in a soak: every job, over and over, until the file that ends the day is there."""

import threading
import traceback
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.models.functions import Now

from crash.names import DATA, END, FAILURES, MARK
from crash.place import NOW, PASSWORD, Place, enter
from crash.seed import BY
from marketing_agent.campaigns.actions import enroll_ready, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.actions import put_secret, resume
from marketing_agent.inboxes.models import Inbox, Pause
from marketing_agent.mail.smtp_wire import Wire
from marketing_agent.operations.actions import end_stop, set_switch
from marketing_agent.operations.stop import steady
from marketing_agent.outbox.models import Email, SendingLease
from marketing_agent.prospects.models import Prospect
from marketing_agent.settings import settings
from marketing_agent.workers import clock
from marketing_agent.workers.jobs import JOBS, JobSpec
from marketing_agent.workers.stopping import stop_everything

ACCOUNTS = tuple(f"inbox{number}@example.com" for number in range(1, 5))
DAILY_LIMIT = 5_000
"""So high that it is never reached: letters flow from the first minute to the last."""
SENDER_PATIENCE_S, IN_HAND = 5.0, 8
"""So long does whoever presses stop wait until senders have so many letters in hand."""

TOGETHER = 20
"""So many people become due at the same moment."""

LEFT_OUT = {"verify-prospects", "cleanup"}  # nothing in this world has to be looked up or tidied up


def make_world(place: Place, people: int, lasts: timedelta) -> None:
    """Make the tables, four inboxes that send day and night, a campaign of three letters, and people.

    They are to be written to one after the other for as long as the soak lasts in its own time.
    """
    enter(place)
    call_command("migrate", verbosity=0, interactive=False)
    for name, value in {"sender_name": "Ada Adler", "postal_address": "1 Example Street"}.items():
        set_switch(name, value, BY, NOW)
    for number, address in enumerate(ACCOUNTS, start=1):
        servers = f"127.0.0.1|{place.smtp}|Ada|127.0.0.1|{place.imap}"
        put_secret(f"SMTP_INBOX_{number}", f"{address}|{PASSWORD}|{servers}", BY, NOW)
        _inbox(number, address)
    drafts = [StepDraft("Hello {{ first_name }}", "Letter one.")]
    drafts += [StepDraft(body=f"Letter {word}.", day_offset=1) for word in ("two", "three")]
    save_campaign("Soak", drafts, BY, NOW)
    rows = Prospect.objects.bulk_create(_person(number) for number in range(people))
    for first in range(0, people, TOGETHER):
        ids = [each.pk for each in rows[first : first + TOGETHER]]
        enroll_ready(ids, NOW + lasts * first / people)
    connections.close_all()


def address_of(number: int) -> str:
    """Name a person of this world."""
    return f"p{number}@firm{number}.example"


def live(place: Place) -> None:
    """Run every job again and again, as several workers without a job's lease would."""
    enter(place)
    _note_data(Path(place.home, DATA))
    end = Path(place.home, END)
    while not end.exists():
        for job in JOBS:
            if job.name not in LEFT_OUT and not end.exists():
                _run(job)
    connections.close_all()


def settle_down(place: Place, days: int) -> None:
    """Live some days more, alone and on a clock that jumps, until nothing is left to do."""
    enter(place)
    start = clock.now()
    lapse_leases()
    end_stop(BY, start)
    for step in range(days * 12):
        clock.install(clock.SimulatedClock(start + timedelta(hours=2 * step)))
        for job in JOBS:
            if job.name not in LEFT_OUT:
                _run(job)
    connections.close_all()


def miss(place: Place, pid: int) -> int:
    """Let the leases of a dead worker lapse; gives how many letters it had in hand."""
    enter(place)
    held = lapse_leases(pid)
    SendingLease.objects.filter(owner__contains=f":{pid}/").delete()
    connections.close_all()
    return held


def lapse_leases(pid: int | None = None) -> int:
    """Let leases end now, on the database's own clock: those of one process, or all."""
    past = Now() - timedelta(seconds=1)
    owner = "" if pid is None else f":{pid}/"
    letters = Email.objects.filter(lease_owner__contains=owner).exclude(lease_until=None)
    items = InboxItem.objects.filter(lease_owner__contains=owner).exclude(lease_until=None)
    items.update(lease_until=past)
    return letters.update(lease_until=past)


@dataclass(frozen=True, slots=True)
class Pressed:
    """One stop: when it had returned and when it was about to end (steady seconds), and whom it met."""

    took_s: float
    returned: float
    ended: float
    acknowledged: int
    expired: int


def press_stop(place: Place, seconds: float) -> Pressed:
    """Stop everything in the midst of sending, wait, and end the stop."""
    enter(place)
    _wait_for_a_sender()
    done = stop_everything("a doubt", BY)
    returned = steady()
    threading.Event().wait(seconds)
    ended = steady()
    end_stop(BY, clock.now())
    connections.close_all()
    return Pressed(done.took_s, returned, ended, done.acknowledged, done.expired)


def _wait_for_a_sender() -> None:
    """Wait until a living sender has letters in hand; a while at most.

    A sender lives as long as its cycle, which is short: most stops would meet nobody else.
    """
    in_hand = Email.objects.filter(state=EmailState.CLAIMED, lease_until__gt=Now())
    ends_at = steady() + SENDER_PATIENCE_S
    while steady() < ends_at:
        if in_hand.count() >= IN_HAND and SendingLease.objects.exists():
            return
        threading.Event().wait(0.005)


def _note_data(log: Path) -> None:
    """Note when each DATA begins, in the process that begins it: right before the command is sent.

    A server hears of it later, on a busy machine much later, and would accuse the innocent.
    """
    tell = Wire.tell_at_once

    def tell_and_note(wire: Wire, command: str, seconds: float | None = None) -> None:
        if command == "DATA":
            with log.open("a", encoding="ascii") as notes:  # a short line is written in one piece
                notes.write(f"{steady():.6f}\n")
        tell(wire, command, seconds)

    setattr(Wire, "tell_at_once", tell_and_note)  # noqa: B010  mypy knows no patched method


def resume_inboxes(place: Place) -> int:
    """End the pauses that faults have caused, as a person would who has mended them."""
    enter(place)
    paused = list(Pause.objects.active(clock.now()).values_list("inbox_id", flat=True).distinct())
    for inbox_id in paused:
        resume(inbox_id, by=BY, now=clock.now())
    connections.close_all()
    return len(paused)


def _run(job: JobSpec) -> None:
    try:
        job.run(clock.now())
    except Exception:  # noqa: BLE001  the outermost loop of a worker
        with Path(settings().home, FAILURES).open("a", encoding="utf-8") as log:
            log.write(f"{job.name}\n{traceback.format_exc()}\n{MARK}\n")


def _inbox(number: int, address: str) -> None:
    Inbox.objects.create(
        address=address,
        address_key=address,
        secret_name=f"SMTP_INBOX_{number}",
        window_start=time(0),
        window_end=time(23, 59),
        window_days="0,1,2,3,4,5,6",
        daily_limit=DAILY_LIMIT,
        warmup_enabled=False,
        warmup_start_date=date(2025, 1, 1),
        minimum_gap_s=0,
        created_at=NOW,
        updated_at=NOW,
    )


def _person(number: int) -> Prospect:
    address = address_of(number)
    domain = address.partition("@")[2]
    return Prospect(
        company=f"Firm {number}",
        first_name=f"P{number}",
        address=address,
        address_key=address,
        domain=domain,
        provider=domain,
        stage="ready",
        stage_changed_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
