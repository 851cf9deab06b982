"""What the operations handbook names letter for letter: the world holds it, so that its lines work there."""

from datetime import datetime, timedelta

from marketing_agent.engine.answers import GOOD_FOR
from marketing_agent.engine.values import SuggestionState
from marketing_agent.inbound.models import InboxItem, Suggestion
from marketing_agent.prospects.models import Prospect
from marketing_agent.workers.models import Job

PROSPECT_ID = "abc123"
ITEM_ID = "123"
SENDING = "send-emails"
QUIET = timedelta(hours=1)
"""How long the schedule leaves the due letters to whoever asks for a send cycle by hand."""


def name_landmarks(now: datetime) -> None:
    """Give one prospect and one inbound mail the handbook's ids, and leave an answer to approve."""
    prospect = Prospect.objects.filter(stage="contacted").order_by("id").first()
    prospect = prospect or Prospect.objects.order_by("id").first()
    if prospect is not None:
        Prospect.objects.filter(pk=prospect.pk).update(public_id=PROSPECT_ID)
    item = InboxItem.objects.filter(kind="reply").order_by("id").first()
    item = item or InboxItem.objects.order_by("id").first()
    if item is not None:
        InboxItem.objects.filter(pk=item.pk).update(public_id=ITEM_ID)
    newest = Suggestion.objects.filter(email=None).order_by("-id").first()
    if newest is not None:  # there is one to approve, however long ago the reply came
        Suggestion.objects.filter(pk=newest.pk).update(
            state=SuggestionState.OPEN,
            created_at=now,
            expires_at=now + GOOD_FOR,
            decided_at=None,
            reason="",
        )
    Job.objects.filter(name=SENDING).update(every_s=QUIET.seconds, next_run_at=now + QUIET)
