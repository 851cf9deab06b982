"""Writing down that servers accepted letters: the hot path, a group at a time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marketing_agent.campaigns.actions import advance_sent
from marketing_agent.engine.email_states import sources_of
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.outbox.actions.other_ids import learn_announced
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.tickets import Result
from marketing_agent.prospects.actions import move
from marketing_agent.store.sql import at, marks

_CLOSE = """
    UPDATE outbox_attempt SET finished_at = %s, phase = 'final', outcome = 'sent', code = %s,
        enhanced = %s, reply = %s WHERE id = %s
"""
_SETTLE = """
    UPDATE outbox_email SET state = 'sent', sent_at = %s, updated_at = %s, due_at = NULL, reason_code = '',
        reason = '', lease_owner = '', lease_until = NULL WHERE id IN ({ids}) AND state IN ({states})
"""


def record_sent(results: Sequence[Result], now: datetime) -> None:
    """Record acceptances; the sequence moves on and first letters make their prospects *contacted*.

    A letter that a rescue has meanwhile called *unknown* becomes *sent* all the same: this is evidence.
    """
    if not results:
        return
    _close_attempts(results, now)
    emails = [result.ticket.email for result in results]
    ids = [each.pk for each in emails]
    states = [str(each) for each in sources_of(EmailState.SENT)]
    with connection.cursor() as cursor:
        statement = _SETTLE.format(ids=marks(ids), states=marks(states))
        cursor.execute(statement, [at(now), at(now), *ids, *states])
    learn_announced(results, now)
    move_on(emails, now)


def move_on(emails: Sequence[Email], now: datetime) -> None:
    """Let prospects and sequences follow from letters that were sent."""
    written_to = [each.prospect_id for each in emails if each.prospect_id]
    move(written_to, Stage.CONTACTED, "a letter was sent", now)
    advance_sent([each for each in emails if each.campaign_id and each.prospect_id], now)


def _close_attempts(results: Sequence[Result], now: datetime) -> None:
    rows = [
        (
            at(now),
            each.decision.code,
            each.decision.enhanced or "",
            each.reply[:1000],
            each.ticket.attempt_id,
        )
        for each in results
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_CLOSE, rows)
