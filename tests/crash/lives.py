"""What workers do in a soak: every job, over and over, until the file that ends the day is there."""

import threading
import traceback
from datetime import date, time, timedelta
from pathlib import Path
from time import monotonic

from django.core.management import call_command
from django.db import connections
from django.db.models.functions import Now

from crash.names import END, FAILURES, MARK
from crash.place import NOW, PASSWORD, Place, enter
from crash.seed import BY
from marketing_agent.campaigns.actions import enroll_ready, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.actions import put_secret, resume
from marketing_agent.inboxes.models import Inbox, Pause
from marketing_agent.operations.actions import end_stop, set_switch
from marketing_agent.outbox.models import Email, SendingLease
from marketing_agent.prospects.models import Prospect
from marketing_agent.settings import settings
from marketing_agent.workers import clock
from marketing_agent.workers.jobs import JOBS, JobSpec
from marketing_agent.workers.stopping import stop_everything

ACCOUNTS = tuple(f"inbox{number}@example.com" for number in range(1, 5))
DAILY_LIMIT = 500
LEFT_OUT = {"verify-prospects", "cleanup"}  # nothing in this world has to be looked up or tidied up


def make_world(place: Place, people: int) -> None:
    """Make the tables, four inboxes that send day and night, a campaign of three letters, and people."""
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
    for some in range(0, people, 1000):
        rows = Prospect.objects.bulk_create(
            _person(n) for n in range(some, min(some + 1000, people))
        )
        enroll_ready([row.pk for row in rows], NOW)
    connections.close_all()


def address_of(number: int) -> str:
    """Name a person of this world."""
    return f"p{number}@firm{number}.example"


def live(place: Place) -> None:
    """Run every job again and again, as several workers without a job's lease would."""
    enter(place)
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


def press_stop(place: Place, seconds: float) -> tuple[float, int, int]:
    """Stop everything, wait, resume. Gives when it had returned (monotonic), and the senders it knew."""
    enter(place)
    done = stop_everything("a doubt", BY)
    returned = monotonic()
    threading.Event().wait(seconds)
    end_stop(BY, clock.now())
    connections.close_all()
    return returned, done.acknowledged, done.expired


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
