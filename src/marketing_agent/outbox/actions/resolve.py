"""Unknown outcomes, resolved by evidence or by a person: was the letter sent, or was it not?"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import EmailState, EvidenceKind, Outcome
from marketing_agent.operations.errors import ConflictError
from marketing_agent.outbox.actions.contacts import free_contact
from marketing_agent.outbox.actions.delivered import move_on
from marketing_agent.outbox.actions.inquiries import settle_inquiry
from marketing_agent.outbox.actions.outcomes import settle
from marketing_agent.outbox.actions.replanning import plan_again
from marketing_agent.outbox.models import Attempt, Email


class NotUnknownError(ConflictError):
    """The letter's outcome is not unknown, so there is nothing to resolve."""

    code = "not_unknown"


def resolve(
    public_id: str,
    *,
    sent: bool,
    reason: str,
    by: Actor,
    now: datetime,
    evidence: EvidenceKind = EvidenceKind.PERSON,
) -> Email:
    """Settle an unknown letter: `sent` moves the sequence on, not sent plans the letter again.

    A letter not sent is cancelled instead when its prospect has replied or opted out meanwhile.

    Args:
        public_id: the letter.
        sent: whether the server took it.
        reason: how one knows; kept on the letter, in the inquiry and in the audit log.
        by: who knows.
        now: UTC.
        evidence: what kind of proof it is.

    Raises:
        NotUnknownError: when the letter's outcome is known.
    """
    with transaction.atomic():
        email = _unknown(public_id)
        settle_inquiry(email, evidence, reason, by, now, sent=sent)
        (_was_sent if sent else _was_not_sent)(email, reason, now)
        after = {"sent": sent, "evidence": evidence}
        audit(by, "unknown resolved", public_id, after=after, reason=reason, now=now)
    return email


def prove_sent(email: Email, kind: EvidenceKind, reason: str, by: Actor, now: datetime) -> None:
    """Settle a letter that somebody shows us; also one whose worker still waits for the answer.

    The worker may die before it can write its outcome down, and nobody would look again. A letter whose
    outcome is known stays as it is.
    """
    if email.state == EmailState.UNKNOWN:
        resolve(email.public_id, sent=True, reason=reason, by=by, now=now, evidence=kind)
    elif email.state == EmailState.TRANSMITTING:
        with transaction.atomic():
            _was_sent(email, reason, now)
    email.refresh_from_db()


def _unknown(public_id: str) -> Email:
    # Locked, so that of two who know better at the same time the second one is told.
    rows = Email.objects.select_for_update()
    email = rows.filter(public_id=public_id, state=EmailState.UNKNOWN).first()
    if email is None:
        raise NotUnknownError(
            f"{public_id} has no unknown outcome; `marketing-agent emails list --status unknown` "
            "shows the letters that have."
        )
    return email


def _was_sent(email: Email, reason: str, now: datetime) -> None:
    tried = Attempt.objects.filter(email=email).order_by("-id").first()
    sent_at = tried.data_at if tried else now
    settle(email, EmailState.SENT, now, sent_at=sent_at, reason_code="resolved", reason=reason)
    doubtful = Attempt.objects.filter(Q(outcome=Outcome.UNKNOWN) | Q(outcome=None), email=email)
    doubtful.update(outcome=Outcome.SENT, finished_at=Coalesce("finished_at", Value(now)))
    move_on([email], now)


def _was_not_sent(email: Email, reason: str, now: datetime) -> None:
    free_contact(email)
    Attempt.objects.filter(email=email, outcome=Outcome.UNKNOWN).update(outcome=Outcome.TEMPORARY)
    plan_again(email, "resolved", reason, now)
