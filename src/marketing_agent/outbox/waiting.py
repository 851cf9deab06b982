"""Letters that wait: how many, and putting those off whose inbox may not send now."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count

from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.door import LATER
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.values import EmailKind
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.actions.planning import put_off_letters
from marketing_agent.outbox.models import Email

COUNTED = 10_000
"""Backlogs are counted up to here; nobody at 2 a.m. needs the exact figure beyond."""
SLOT_WAIT = timedelta(minutes=5)
"""When a letter asks again whose inbox has room but no slot of the day's spread yet."""


def backlog(now: datetime) -> int:
    """Count the letters and steps that are due at `now`, up to 10,000 of each."""
    letters = Email.objects.filter(state__in=DUE, due_at__lte=now)[:COUNTED]
    steps = Enrollment.objects.filter(state="active", next_due_at__lte=now)[:COUNTED]
    return letters.count() + steps.count()


def put_off_paused(now: datetime) -> int:
    """Put off the due letters of paused campaigns, so that no server is asked in vain; gives how many."""
    paused = Campaign.objects.filter(state="paused")
    if not paused.exists():
        return 0
    letters = Email.objects.filter(campaign__in=paused, state__in=DUE, due_at__lte=now)
    ids = list(letters.exclude(kind=EmailKind.ANSWER).values_list("pk", flat=True)[:COUNTED])
    return put_off_letters(ids, "campaign_paused", now + LATER, now)


def put_off_full(now: datetime) -> Counter[str]:
    """Put off due letters beyond what their inbox may send now, so that they block nobody.

    Answers are left alone: they are exempt from window and spread, and the door asks the rest.
    """
    counts: Counter[str] = Counter()
    due = Email.objects.filter(state__in=DUE, due_at__lte=now).exclude(kind=EmailKind.ANSWER)
    waiting = dict(due.values("inbox_id").annotate(n=Count("id")).values_list("inbox_id", "n"))
    for inbox_id, day in days(Inbox.objects.filter(pk__in=waiting), now).items():
        if waiting[inbox_id] <= day.due_now:
            continue
        beyond = due.filter(inbox_id=inbox_id).order_by("rank", "due_at", "id")[day.due_now :]
        ids = list(beyond.values_list("pk", flat=True)[:COUNTED])
        if ids:
            code, until = _until(day, now)
            counts[code] += put_off_letters(ids, code, until, now)
    return counts


def put_off_unclaimed(
    due: Sequence[Email], claimed: Sequence[Email], now: datetime
) -> Counter[str]:
    """Put off letters that found no room in their inbox, so that they block nobody behind them.

    Letters that another worker claimed meanwhile are left alone.
    """
    counts: Counter[str] = Counter()
    got = {each.pk for each in claimed}
    left: dict[int, list[int]] = defaultdict(list)
    for each in due:
        if each.pk not in got:
            left[each.inbox_id].append(each.pk)
    for inbox_id, day in days(Inbox.objects.filter(pk__in=left), now).items():
        code, until = _without_room(day, now)
        counts[code] += put_off_letters(left[inbox_id], code, until, now)
    return +counts


def _without_room(day: InboxDay, now: datetime) -> tuple[str, datetime]:
    if day.pause is not None:
        return "inbox_paused", day.pause.until or now + LATER
    if day.limit.value > day.sent_today:
        return "not_yet", now + SLOT_WAIT  # what others have claimed may come back
    return "limit_reached", day.resets_at


def _until(day: InboxDay, now: datetime) -> tuple[str, datetime]:
    if day.pause is not None:
        return "inbox_paused", day.pause.until or now + LATER
    if not day.open:
        return "window_closed", day.opens_at
    if day.remaining <= 0:
        return "limit_reached", day.resets_at
    return "not_yet", now + SLOT_WAIT
