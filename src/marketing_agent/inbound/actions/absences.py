"""Somebody is away: their sequence waits until they are back, and does not end."""

from datetime import UTC, date, datetime, time, timedelta

from marketing_agent.campaigns.actions import postpone_all
from marketing_agent.engine.dates import UNSTATED
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.values import EmailKind
from marketing_agent.outbox.models import Email

CODE = "out_of_office"


def write_later(prospect_id: int, back: date | None, mark: str, now: datetime) -> date:
    """Put off a prospect's next letters until the day after they are back, by default for a week.

    Nobody reads a stranger's letter on the first day back, and "until the 21st" may mean the day itself.

    Only ever later: what is due after that day stays as it is.
    """
    today = now.date()
    day = back + timedelta(days=1) if back is not None and back >= today else today + UNSTATED
    until = datetime.combine(day, time(0), UTC)
    sentence = f"Out of office; asked again on {day} ({mark})."
    postpone_all(prospect_id, CODE, sentence, until, now)
    letters = Email.objects.filter(prospect_id=prospect_id, state__in=DUE, due_at__lt=until)
    letters.exclude(kind=EmailKind.ANSWER).update(
        due_at=until, reason_code=CODE, reason=sentence, updated_at=now
    )
    return day
