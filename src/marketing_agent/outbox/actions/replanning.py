"""Planning a letter again that a person gives another chance, unless its addressee rules that out by now."""

from datetime import datetime

from marketing_agent.engine.door import Fate, refuse_addressee
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.stop import NOT_ASKED
from marketing_agent.outbox.actions.outcomes import settle
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.scene import Scene, last_contacts, suppression_causes


def plan_again(email: Email, code: str, reason: str, now: datetime, **facts: object) -> EmailState:
    """Move a letter to *planned*, due now; *cancelled* when its prospect has replied, opted out, ….

    Gives the state that it has now; `facts` are further columns to write.
    """
    keys = {email.address_key}
    scene = Scene(NOT_ASKED, suppression_causes(keys), last_contacts(keys), {})
    to = scene.addressee(email.prospect, email.kind, email.address_key, email.campaign)
    refusal = refuse_addressee(to, now)
    if refusal is not None and refusal.fate is Fate.CANCEL:
        why = {"reason_code": refusal.code, "reason": refusal.sentence}
        settle(email, EmailState.CANCELLED, now, due_at=None, **why, **facts)
        return EmailState.CANCELLED
    settle(email, EmailState.PLANNED, now, due_at=now, reason_code=code, reason=reason, **facts)
    return EmailState.PLANNED
