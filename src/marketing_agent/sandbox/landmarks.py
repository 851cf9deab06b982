"""What the operations handbook names letter for letter: the world holds it, so that its lines work there."""

from datetime import datetime, timedelta

from marketing_agent.inbound.models import InboxItem
from marketing_agent.prospects.models import Prospect
from marketing_agent.workers.models import Job

PROSPECT_ID = "abc123"
ITEM_ID = "123"
SENDING = "send-emails"
QUIET = timedelta(hours=1)
"""How long the schedule leaves the due letters to whoever asks for a send cycle by hand."""


def name_landmarks(now: datetime) -> None:
    """Give one written-to prospect and one inbound mail the ids that the handbook's lines use."""
    prospect = Prospect.objects.filter(stage="contacted").order_by("id").first()
    prospect = prospect or Prospect.objects.order_by("id").first()
    if prospect is not None:
        Prospect.objects.filter(pk=prospect.pk).update(public_id=PROSPECT_ID)
    item = InboxItem.objects.filter(kind="reply").order_by("id").first()
    item = item or InboxItem.objects.order_by("id").first()
    if item is not None:
        InboxItem.objects.filter(pk=item.pk).update(public_id=ITEM_ID)
    Job.objects.filter(name=SENDING).update(every_s=QUIET.seconds, next_run_at=now + QUIET)
