"""Why nothing goes out at all, in sentences."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min

from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.campaigns.sender import missing, sender_identity
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.ranks import RANK_OF, RANKS
from marketing_agent.engine.values import Stage, Tier
from marketing_agent.operations.actions import current_resumption
from marketing_agent.operations.config import CAP_KEY, read
from marketing_agent.operations.health import FRESH
from marketing_agent.operations.held import PROPOSAL, current_guard, sentence
from marketing_agent.operations.stop import current_stop
from marketing_agent.operations.why_inboxes import about_all, about_warm_leads
from marketing_agent.operations.words import at
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.settings import settings
from marketing_agent.workers.models import Heartbeat, Job

_LATE = timedelta(minutes=10)


def about_everything(now: datetime) -> Iterator[str]:
    """Give every reason that stops or slows all sending, the one that decides first."""
    yield from about_switches()
    yield from _worker(now)
    yield from _campaign()
    yield from about_all(now, warm=True)
    yield from _prospects(now)


def about_switches() -> Iterator[str]:
    """Say which switches keep every letter back."""
    stop = current_stop()
    if stop is not None:
        reason = f" Reason: {stop.reason}." if stop.reason else " No reason was given."
        yield (
            f"The emergency stop is on since {at(stop.started_at)} (by {stop.started_by})."
            f"{reason} End it with `marketing-agent resume --gradually`."
        )
    yield from _review()
    yield from _gradual_start()
    lacking = missing(sender_identity())
    if lacking and not settings().sandbox:
        yield (
            f"Letters need a sender identity; these switches are not set: {', '.join(lacking)}. "
            f"Set them with `marketing-agent config set`."
        )
    if read(CAP_KEY) == 0:
        yield "max_emails_per_run is 0, so no cycle lets a letter out."


def _review() -> Iterator[str]:
    guard = current_guard()
    if guard is not None:
        yield f"{sentence(guard)} Noticed {at(guard.noticed_at)}. {PROPOSAL}"


def _gradual_start() -> Iterator[str]:
    resumption = current_resumption()
    if resumption is not None:
        yield (
            f"Sending goes on gradually since {at(resumption.started_at)}: at most {read(CAP_KEY)} "
            f"a cycle. {resumption.waits} `marketing-agent config set {CAP_KEY} null` ends that."
        ).replace("  ", " ")


def _worker(now: datetime) -> Iterator[str]:
    beat = Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    if beat is None:
        yield "No worker is running. Start one with `marketing-agent up` or `worker`."
    elif now - beat > FRESH:
        yield f"The worker has given no sign of life since {at(beat)}."
    job = Job.objects.filter(name="send-emails").first()
    if job is not None:
        yield from _send_job(job, now)


def _send_job(job: Job, now: datetime) -> Iterator[str]:
    if not job.enabled:
        yield "The job send-emails is switched off."
    if job.last_error:
        yield f"The last send cycle failed: {job.last_error}"
    if job.last_run_at is not None and now - job.last_run_at > _LATE:
        yield f"The last send cycle began at {at(job.last_run_at)}."


def _campaign() -> Iterator[str]:
    active = Campaign.objects.filter(state="active")
    if not active.exists():
        yield "There is no active campaign. Set one up with `marketing-agent campaigns`."
    elif not active.filter(steps__isnull=False).exists():
        yield "The active campaign has no steps, so there is nothing to write."


def _prospects(now: datetime) -> Iterator[str]:
    yield from _warmth(now)
    active = Enrollment.objects.filter(state="active")
    if active.filter(rank__in=RANKS, next_due_at__lte=now).exists():
        return
    waiting = Email.objects.filter(state__in=DUE, rank__in=RANKS, due_at__isnull=False)
    letter = waiting.order_by("due_at").first()
    if letter is not None and letter.due_at is not None:
        yield f"Letters wait in the outbox; the next one may leave at {at(max(letter.due_at, now))}."
        return
    next_due = _next_due()
    if next_due is not None:
        yield f"No step of a campaign is due now; the next one is due at {at(next_due)}."
    else:
        yield _nobody()


def _next_due() -> datetime | None:
    """Give the earliest due step, asking each rank along its own stretch of the index."""
    firsts = [
        Enrollment.objects.filter(state="active", rank=rank).aggregate(at=Min("next_due_at"))["at"]
        for rank in RANKS
    ]
    return min((each for each in firsts if each is not None), default=None)


def _nobody() -> str:
    if Prospect.objects.filter(stage=Stage.READY).exists():
        return "Prospects are ready, but none of them is in a campaign."
    if Prospect.objects.filter(stage=Stage.ENRICHED).exists():
        return "No prospect is ready: the imported addresses are still being verified."
    if Prospect.objects.filter(stage=Stage.NEW, address="").exists():
        return "No prospect is ready: those that are left have no e-mail address yet."
    if Prospect.objects.exists():
        return "No prospect is left to write to: all were written to, have replied or must not be."
    return "There are no prospects. Import some with `marketing-agent prospects import FILE.csv`."


def _warmth(now: datetime) -> Iterator[str]:
    warm = [RANK_OF[Tier.HOT], RANK_OF[Tier.WARM]]
    steps = Enrollment.objects.filter(state="active", rank__in=warm, next_due_at__lte=now)
    letters = Email.objects.filter(state__in=DUE, rank__in=warm, due_at__lte=now)
    if about_warm_leads(now) and not steps.exists() and not letters.exists():
        yield "The inboxes may write to warm leads only, because of their health, and none is left."
