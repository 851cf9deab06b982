"""Unknown outcomes, resolved by evidence or by a person: was the letter sent, or was it not?"""

from datetime import datetime

from django.db import transaction

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


def _unknown(public_id: str) -> Email:
    email = Email.objects.filter(public_id=public_id, state=EmailState.UNKNOWN).first()
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
    Attempt.objects.filter(email=email, outcome=Outcome.UNKNOWN).update(outcome=Outcome.SENT)
    move_on([email], now)


def _was_not_sent(email: Email, reason: str, now: datetime) -> None:
    free_contact(email)
    Attempt.objects.filter(email=email, outcome=Outcome.UNKNOWN).update(outcome=Outcome.TEMPORARY)
    plan_again(email, "resolved", reason, now)
