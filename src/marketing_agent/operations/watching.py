"""Looking for what nobody would notice: a stop left on, jobs that fail, days without a letter."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.ranks import RANKS
from marketing_agent.engine.values import EmailState, OpinionState
from marketing_agent.inbound.models import Opinion
from marketing_agent.operations.actions import close_alert, open_alert
from marketing_agent.operations.concern import Concern
from marketing_agent.operations.held import ALERT, PROPOSAL, current_guard, sentence
from marketing_agent.operations.models import Stop
from marketing_agent.operations.provider_watch import provider_concerns
from marketing_agent.operations.stop import current_stop
from marketing_agent.operations.words import at, counted
from marketing_agent.outbox.models import Email, Inquiry
from marketing_agent.workers.models import Job, JobRun

STOP_REMINDER = timedelta(hours=1)
STOP_FORGOTTEN = timedelta(hours=24)
"""After an hour somebody is reminded of the stop; after a day it has probably been forgotten."""

DOUBT = timedelta(days=1)
"""After a day of looking for traces only a person can tell what became of a letter."""

SILENCE = timedelta(days=4)
"""A long weekend is silent by itself; longer silence with letters due is not."""

FAILURES_IN_A_ROW = 3
COUNTED = 10_000


def watch(now: datetime) -> dict[str, int]:
    """Open an alert for each concern that is so, and close it when it no longer is."""
    opened = closed = 0
    for concern in _concerns(now):
        if concern.so:
            open_alert(
                concern.key, concern.severity, concern.summary, proposal=concern.proposal, now=now
            )
            opened += 1
        else:
            closed += close_alert(concern.key, now)
    return {"open": opened, "closed": closed}


def _concerns(now: datetime) -> Iterator[Concern]:
    yield _stop_left_on(now)
    yield _silence(now)
    yield _doubts(now)
    yield _review()
    yield _undecided()
    yield from provider_concerns(now)
    for job in Job.objects.order_by("name"):
        yield _failing(job)


def _stop_left_on(now: datetime) -> Concern:
    stop = current_stop()
    on_for = now - stop.started_at if stop is not None else timedelta(0)
    return Concern(
        "stop-left-on",
        on_for >= STOP_REMINDER,
        "critical" if on_for >= STOP_FORGOTTEN else "warning",
        _stop_in_words(stop, now) if stop is not None else "",
        "End it with `marketing-agent resume --gradually` once its cause is gone.",
    )


def _stop_in_words(stop: Stop, now: datetime) -> str:
    reason = f" ({stop.reason})" if stop.reason else ""
    letters = Email.objects.filter(state__in=DUE, due_at__lte=now)[:COUNTED].count()
    steps = Enrollment.objects.filter(state="active", next_due_at__lte=now)[:COUNTED].count()
    return (
        f"The emergency stop has been on since {at(stop.started_at)}, by {stop.started_by}{reason}; "
        f"{counted(letters, 'letter waits', 'letters wait')} and "
        f"{counted(steps, 'further step does', 'further steps do')}."
    )


def _review() -> Concern:
    guard = current_guard()
    return Concern(
        ALERT,
        guard is not None,
        "critical",
        sentence(guard) if guard is not None else "",
        PROPOSAL,
    )


def _undecided() -> Concern:
    count = Opinion.objects.filter(state=OpinionState.PERSON).order_by()[:COUNTED].count()
    one, many = "reply waits for a person who reads", "replies wait for a person who reads"
    return Concern(
        "replies-undecided",
        count > 0,
        "warning",
        f"{counted(count, one, many)} what neither rules nor a model can tell.",
        "Look: `marketing-agent inbox list --needs-person`; then `marketing-agent inbox classify`.",
    )


def _doubts(now: datetime) -> Concern:
    waiting = Inquiry.objects.filter(
        settled_at=None, opened_at__lte=now - DOUBT, email__state=EmailState.UNKNOWN
    ).count()
    one, many = "letter's outcome has", "letters' outcomes have"
    return Concern(
        "outcome-unknown",
        waiting > 0,
        "warning",
        f"{counted(waiting, one, many)} been unknown for more than a day.",
        "Decide: `marketing-agent emails list --status unknown`, then `marketing-agent emails resolve`.",
    )


def _silence(now: datetime) -> Concern:
    last = Email.objects.filter(sent_at__isnull=False).order_by("-sent_at").first()
    since = last.sent_at if last is not None else None
    silent = since is None or now - since >= SILENCE
    patience = SILENCE if since is None else timedelta(days=1)
    ever = f"since {at(since)}" if since else "yet"
    return Concern(
        "silence",
        silent and current_stop() is None and _somebody_waits(now - patience),
        "critical",
        f"No letter has left {ever}, although letters are due.",
        "Ask `marketing-agent why`.",
    )


def _somebody_waits(since: datetime) -> bool:
    """Say whether a step was due, or a letter written, at `since`, and has not left for our reasons."""
    steps = Enrollment.objects.filter(state="active", rank__in=RANKS, next_due_at__lte=since)
    # A retry without a failure of the recipient's waits for our own account or connection.
    ours = Q(state=EmailState.PLANNED) | Q(state=EmailState.RETRY, failures=0)
    return steps.exists() or Email.objects.filter(ours, created_at__lte=since).exists()


def _failing(job: Job) -> Concern:
    last = JobRun.objects.filter(job=job, ok__isnull=False).order_by("-id")
    oks = list(last.values_list("ok", flat=True)[:FAILURES_IN_A_ROW])
    return Concern(
        f"job-failing:{job.name}",
        len(oks) == FAILURES_IN_A_ROW and not any(oks),
        "critical",
        f"The job {job.name} failed {FAILURES_IN_A_ROW} times in a row: {job.last_error}",
        "See `marketing-agent errors list --type job`.",
    )
