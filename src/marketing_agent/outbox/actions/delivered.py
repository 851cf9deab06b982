"""Writing down that servers accepted letters: the hot path, a group at a time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marketing_agent.campaigns.actions import advance_sent
from marketing_agent.engine.email_states import sources_of
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.tickets import Result
from marketing_agent.prospects.actions import move

_CLOSE = """
    UPDATE outbox_attempt SET finished_at = %s, phase = 'final', outcome = 'sent', code = %s,
        enhanced = %s, reply = %s WHERE id = %s
"""


def record_sent(results: Sequence[Result], now: datetime) -> None:
    """Record acceptances; the sequence moves on and first letters make their prospects *contacted*.

    A letter that a rescue has meanwhile called *unknown* becomes *sent* all the same: this is evidence.
    """
    if not results:
        return
    _close_attempts(results, now)
    emails = [result.ticket.email for result in results]
    Email.objects.filter(
        pk__in=[each.pk for each in emails], state__in=sources_of(EmailState.SENT)
    ).update(
        state=EmailState.SENT,
        sent_at=now,
        due_at=None,
        lease_owner="",
        lease_until=None,
        reason_code="",
        reason="",
        updated_at=now,
    )
    move_on(emails, now)


def move_on(emails: Sequence[Email], now: datetime) -> None:
    """Let prospects and sequences follow from letters that were sent."""
    written_to = [each.prospect_id for each in emails if each.prospect_id]
    move(written_to, Stage.CONTACTED, "a letter was sent", now)
    advance_sent([each for each in emails if each.campaign_id and each.prospect_id], now)


def _close_attempts(results: Sequence[Result], now: datetime) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    rows = [
        (
            at,
            each.decision.code,
            each.decision.enhanced or "",
            each.reply[:1000],
            each.ticket.attempt_id,
        )
        for each in results
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_CLOSE, rows)
