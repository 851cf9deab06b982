"""What follows from a failed try: bounces, suppressions, pauses and alerts."""

from datetime import datetime, timedelta

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.retry import BLOCKS_A_DAY_FOR_ALERT, block_pause
from marketing_agent.engine.values import BounceType, Outcome, SuppressionCause
from marketing_agent.inboxes.actions import pause
from marketing_agent.inboxes.models import Pause
from marketing_agent.operations.actions import open_alert
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.models import Attempt, Bounce, Email
from marketing_agent.outbox.tickets import Result

BY = job_actor("deliver")
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
QUOTA_PAUSE = timedelta(hours=24)
RELAY_PAUSE = timedelta(minutes=15)
LOGIN_PAUSE = timedelta(hours=6)
DOUBT_PAUSE = timedelta(hours=6)
DOUBTS_IN_A_ROW = 3


def add_bounce(result: Result, kind: BounceType, consequence: str, now: datetime) -> Bounce | None:
    """Write a bounce that the server told us in its reply; None when it is counted already."""
    email = result.ticket.email
    facts = {
        "inbox_id": email.inbox_id,
        "type": kind,
        "status": result.decision.enhanced or "",
        "code": result.decision.code,
        "diagnostic": result.reply[:1000],
        "reason": result.decision.reason,
        "consequence": consequence,
        "letter_sent_at": result.started_at,
        "at": now,
    }
    if kind is BounceType.SOFT:
        return Bounce.objects.create(email=email, address_key=email.address_key, **facts)
    row, created = Bounce.objects.filter(type__in=["hard", "block"]).get_or_create(
        email=email, address_key=email.address_key, defaults=facts
    )
    return row if created else None


def never_again(result: Result, now: datetime) -> None:
    """A hard failure: the address is suppressed, for every inbox and every campaign."""
    add_bounce(result, BounceType.HARD, "the address is suppressed", now)
    _suppress(result.ticket.email, result.reply, now)


def give_up(result: Result, now: datetime) -> None:
    """The fourth temporary failure: a dead letter, which counts as hard until a person replays it."""
    add_bounce(result, BounceType.HARD, "dead letter after four tries; counts as hard", now)
    _suppress(result.ticket.email, f"dead letter {result.ticket.email.public_id}", now)


def _suppress(email: Email, evidence: str, now: datetime) -> None:
    suppress("address", email.address_key, SuppressionCause.HARD_BOUNCE, evidence, BY, now)


def quieten(result: Result, now: datetime) -> None:
    """A block: this inbox stops writing to this provider for a while; repeated blocks call a person."""
    email = result.ticket.email
    add_bounce(result, BounceType.BLOCK, "held 48 h; the provider is paused", now)
    pause_provider(email, result.reply, now)
    warn_of_blocks(now)


def pause_provider(email: Email, said: str, now: datetime) -> None:
    """Pause inbox x provider: 24 h, then 48 h; the half limit after that follows from the records."""
    recent = Pause.objects.filter(
        inbox_id=email.inbox_id, provider=email.provider, cause="block", started_at__gt=now - WEEK
    )
    if recent.active(now).exists():
        return
    penalty = block_pause(recent.count())
    pause(
        email.inbox_id,
        cause="block",
        reason=f"{email.provider} blocked a letter: {said}"[:1000],
        until=now + penalty.pause,
        by=BY,
        now=now,
        provider=email.provider,
        evidence={"email": email.public_id, "halve_after": penalty.halve_after},
    )


def warn_of_blocks(now: datetime) -> None:
    """Open an alert that proposes the emergency stop once three blocks have come in a day."""
    count = Bounce.objects.filter(type=BounceType.BLOCK, at__gt=now - DAY).count()
    if count < BLOCKS_A_DAY_FOR_ALERT:
        return
    open_alert(
        "blocks",
        "critical",
        f"{count} letters were blocked by providers within 24 hours.",
        proposal="Stop all sending (marketing-agent stop), review the letters' content, "
        "wait 24 to 48 hours, then resume slowly.",
        evidence={"blocks": count},
        now=now,
    )


def pause_account(result: Result, now: datetime) -> datetime:
    """Pause the inbox whose account has trouble; gives the moment at which its letters are due."""
    until = now + _account_pause(result)
    said = result.reply or "the server could not be reached"
    if not _is_paused(result.ticket.email.inbox_id, now):
        pause(
            result.ticket.email.inbox_id,
            cause="account",
            reason=f"{result.decision.reason}: {said}"[:1000],
            until=until,
            by=BY,
            now=now,
            evidence={"phase": result.phase, "code": result.decision.code},
        )
    return until


def rest_after_doubts(result: Result, now: datetime) -> None:
    """Pause an inbox whose last letters all ended *unknown*: each further one would only join them."""
    inbox_id = result.ticket.email.inbox_id
    begun = Attempt.objects.filter(inbox_id=inbox_id, data_at__isnull=False, outcome__isnull=False)
    last = list(begun.order_by("-id").values_list("outcome", flat=True)[:DOUBTS_IN_A_ROW])
    if last != [Outcome.UNKNOWN] * DOUBTS_IN_A_ROW or _is_paused(inbox_id, now):
        return
    said = f"{DOUBTS_IN_A_ROW} letters in a row ended with an unknown outcome: {result.reply}"
    pause(
        inbox_id,
        cause="account",
        reason=said[:1000],
        until=now + DOUBT_PAUSE,
        by=BY,
        now=now,
        evidence={"phase": result.phase},
    )


def _is_paused(inbox_id: int, now: datetime) -> bool:
    # A pause towards one provider keeps nothing else back.
    return Pause.objects.active(now).filter(inbox_id=inbox_id, provider="").exists()


def _account_pause(result: Result) -> timedelta:
    if result.decision.transient or result.phase in {"connect", "tls"}:
        return RELAY_PAUSE
    return LOGIN_PAUSE if result.phase == "login" else QUOTA_PAUSE
