"""Questions asked every few seconds must go along an index, however large the tables are."""

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.values import ItemState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.workers.models import JobRun
from operations.world import NOW

QUESTIONS: dict[str, QuerySet] = {  # type: ignore[type-arg]  # rows of any model
    "email_due": Email.objects.filter(rank=0, state__in=DUE, due_at__lte=NOW),
    "email_leased": Email.objects.filter(lease_until__lt=Now()),
    "email_by_sent": Email.objects.filter(sent_at__gte=NOW, sent_at__lt=NOW),
    "bounce_by_time": Bounce.objects.filter(at__gte=NOW),
    "item_by_time": InboxItem.objects.filter(fetched_at__gte=NOW, fetched_at__lt=NOW),
    "item_by_state": InboxItem.objects.filter(state=ItemState.NEW),
    "job_run_by_time": JobRun.objects.filter(started_at__gt=NOW),
}


@pytest.mark.django_db
@pytest.mark.parametrize("index", QUESTIONS)
def test_the_index_made_for_a_question_answers_it(index: str) -> None:
    if connection.vendor == "postgresql":  # a test's tables are too small for an index otherwise
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    assert index in QUESTIONS[index].explain()
