"""What inbound mail does to letters and sequences; `inbound` decides, these verbs write."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actor import Actor, job_actor
from marketing_agent.campaigns.actions import stop_domain, stop_enrollments
from marketing_agent.engine.email_states import CANCELLABLE
from marketing_agent.engine.values import BounceType, EmailState, SuppressionCause
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.actions import failures
from marketing_agent.outbox.actions.outcomes import settle
from marketing_agent.outbox.actions.suppress import cancel, suppress
from marketing_agent.outbox.models import Bounce, Complaint, Email
from marketing_agent.prospects.actions import mark_replied

BY = job_actor("inbound")


@dataclass(frozen=True, slots=True)
class FailureReport:
    """A delivery failure as a DSN tells it of one recipient; codes as in RFC 3463, empty if unsaid."""

    address_key: str
    type: BounceType
    status: str = ""
    code: int | None = None
    diagnostic: str = ""
    reason: str = ""


def record_bounce(
    email: Email, report: FailureReport, item: InboxItem | None, now: datetime
) -> Bounce | None:
    """Act on a DSN that names one of our letters; None when this failure is counted already."""
    with transaction.atomic(savepoint=False):
        row = _bounce_row(email, report, item, now)
        if row is not None:
            _DSN_CONSEQUENCES[report.type](email, report, now)
    return row


def _bounce_row(
    email: Email, report: FailureReport, item: InboxItem | None, now: datetime
) -> Bounce | None:
    facts = {
        "inbox_id": email.inbox_id,
        "type": report.type,
        "status": report.status[:12],
        "code": report.code,
        "diagnostic": report.diagnostic[:1000],
        "reason": report.reason[:40],
        "consequence": _SAID[report.type],
        "letter_sent_at": email.sent_at,
        "at": now,
    }
    same = {"type": BounceType.SOFT, "item": item} if report.type is BounceType.SOFT else None
    seen = Bounce.objects.filter(**same) if same else Bounce.objects.exclude(type=BounceType.SOFT)
    row, created = seen.get_or_create(
        email=email, address_key=report.address_key, defaults=facts | {"item": item}
    )
    return row if created else None


def _hard(email: Email, report: FailureReport, now: datetime) -> None:
    settle(email, EmailState.BOUNCED, now, due_at=None, reason_code="hard", reason=_text(report))
    suppress("address", report.address_key, SuppressionCause.HARD_BOUNCE, _text(report), BY, now)


def _block(email: Email, report: FailureReport, now: datetime) -> None:
    settle(email, EmailState.BOUNCED, now, due_at=None, reason_code="block", reason=_text(report))
    failures.pause_provider(email, _text(report), now)
    failures.warn_of_blocks(now)


def _soft(email: Email, report: FailureReport, now: datetime) -> None:
    settle(email, EmailState.BOUNCED, now, due_at=None, reason_code="soft", reason=_text(report))


_DSN_CONSEQUENCES = {BounceType.HARD: _hard, BounceType.BLOCK: _block, BounceType.SOFT: _soft}
_SAID = {
    BounceType.HARD: "the address is suppressed",
    BounceType.BLOCK: "the provider is paused for this inbox",
    BounceType.SOFT: "the recipient's server gave up; the sequence goes on with its next letter",
}


def _text(report: FailureReport) -> str:
    return f"{report.status} {report.diagnostic}".strip()[:1000] or report.reason


def record_complaint(
    email: Email, item: InboxItem | None, feedback_type: str, now: datetime
) -> Complaint | None:
    """Act on a complaint about one of our letters; None when it is counted already."""
    with transaction.atomic(savepoint=False):
        row, created = Complaint.objects.get_or_create(
            email=email,
            defaults={
                "inbox_id": email.inbox_id,
                "item": item,
                "address_key": email.address_key,
                "feedback_type": feedback_type[:40],
                "letter_sent_at": email.sent_at,
                "at": now,
            },
        )
        if created:
            evidence = f"complaint about letter {email.public_id}"
            suppress("address", email.address_key, SuppressionCause.COMPLAINT, evidence, BY, now)
    return row if created else None


def reply_received(
    prospect_id: int, reason: str, now: datetime, *, colleagues_at: str = ""
) -> None:
    """A person wrote back: the sequence ends, waiting letters are cancelled, the stage moves on.

    Args:
        prospect_id: whose sequence it was.
        reason: what is written beside the cancelled letters.
        now: when, aware UTC.
        colleagues_at: the domain whose other prospects are left in peace too; empty for nobody.
    """
    with transaction.atomic(savepoint=False):
        mark_replied(prospect_id, now, reason)
        stop_enrollments([prospect_id], reason, now)
        cancel(
            Email.objects.filter(prospect_id=prospect_id).exclude(kind="answer"),
            "replied",
            reason,
            now,
        )
        if colleagues_at:
            _leave_colleagues(colleagues_at, reason, now)


def nobody_there(prospect_id: int, reason: str, now: datetime) -> None:
    """The mailbox says that nobody there is the one we mean: the sequence ends, without a reply."""
    with transaction.atomic():
        stop_enrollments([prospect_id], reason, now)
        letters = Email.objects.filter(prospect_id=prospect_id).exclude(kind="answer")
        cancel(letters, "nobody_there", reason, now)


def _leave_colleagues(domain: str, reason: str, now: datetime) -> None:
    sentence = f"a colleague wrote back: {reason}"
    stop_domain(domain, sentence, now)
    letters = Email.objects.filter(domain=domain, state__in=CANCELLABLE).exclude(kind="answer")
    cancel(letters, "colleague_replied", sentence, now)


def opted_out(address_key: str, evidence: str, by: Actor, now: datetime) -> None:
    """A person asked for silence, in words or through List-Unsubscribe."""
    suppress("address", address_key, SuppressionCause.OPT_OUT, evidence, by, now)
