"""Counting what speaks for and against inboxes: distinct letters, the same figures for everybody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from marketing_agent.engine.health import HARD_IN_LAST_TEN, Evidence
from marketing_agent.engine.pacing import local_day
from marketing_agent.engine.values import BounceType, ItemKind, Outcome
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Attempt, Bounce, Complaint

LAST = 10


def gather(
    inboxes: Iterable[Inbox], since: Mapping[int, datetime], now: datetime
) -> dict[int, Evidence]:
    """Count each inbox's letters since its own moment; a handful of queries for all of them.

    Bounces and complaints count by the letter's time, not by their own, so that what arrives late
    after a pause still belongs to the letters before it.
    """
    sent, replies = _letters(since)
    bounces, refused = _bounces(since)
    complaints = _complaints(since)
    return {
        inbox.pk: Evidence(
            sent=sent[inbox.pk] + refused[inbox.pk],
            hard_bounces=bounces[inbox.pk, BounceType.HARD],
            block_bounces=bounces[inbox.pk, BounceType.BLOCK],
            complaints=complaints[inbox.pk],
            replies=replies[inbox.pk],
            age_days=_age(inbox, now),
            last_ten_hard=_last_ten_hard(inbox.pk, since[inbox.pk], bounces),
        )
        for inbox in inboxes
    }


def _letters(since: Mapping[int, datetime]) -> tuple[Counter[int], Counter[int]]:
    """Count accepted letters, and how many of them a person answered."""
    answered = InboxItem.objects.filter(email=OuterRef("email"), kind=ItemKind.REPLY)
    rows = (
        Attempt.objects.filter(_after(since, "data_at"), email__sent_at__isnull=False)
        .values("inbox_id")
        .annotate(
            sent=Count("email", distinct=True),
            replies=Count("email", distinct=True, filter=Exists(answered)),
        )
    )
    found = list(rows.values_list("inbox_id", "sent", "replies"))
    return Counter({each[0]: each[1] for each in found}), Counter(
        {each[0]: each[2] for each in found}
    )


def _bounces(since: Mapping[int, datetime]) -> tuple[Counter[tuple[int, str]], Counter[int]]:
    """Count bounced letters by type, and those that were refused at once and so never accepted."""
    rows = (
        Bounce.objects.filter(_after(since, "letter_sent_at"), _after(since, "at"))
        .exclude(type=BounceType.SOFT)
        .values("inbox_id", "type")
        .annotate(
            letters=Count("email", distinct=True),
            refused=Count("email", distinct=True, filter=Q(email__sent_at=None)),
        )
    )
    bounced: Counter[tuple[int, str]] = Counter()
    refused: Counter[int] = Counter()
    for inbox_id, kind, letters, at_once in rows.values_list(
        "inbox_id", "type", "letters", "refused"
    ):
        bounced[inbox_id, kind] += letters
        refused[inbox_id] += at_once
    return bounced, refused


def _complaints(since: Mapping[int, datetime]) -> Counter[int]:
    rows = Complaint.objects.filter(_after(since, "letter_sent_at"), _after(since, "at"))
    return Counter(
        dict(rows.values("inbox_id").annotate(n=Count("id")).values_list("inbox_id", "n"))
    )


def _after(since: Mapping[int, datetime], column: str) -> Q:
    """Build the condition; inboxes that share a moment share a term."""
    groups: dict[datetime, list[int]] = defaultdict(list)
    for inbox_id, moment in since.items():
        groups[moment].append(inbox_id)
    condition = Q(pk__in=[])
    for moment, ids in groups.items():
        terms: dict[str, Any] = {"inbox_id__in": ids, f"{column}__gte": moment}
        condition |= Q(**terms)
    return condition


def _last_ten_hard(inbox_id: int, since: datetime, bounces: Mapping[tuple[int, str], int]) -> int:
    """Count hard bounces among the last ten letters; asked of the store only when it could matter."""
    if bounces[inbox_id, BounceType.HARD] < HARD_IN_LAST_TEN:
        return bounces[inbox_id, BounceType.HARD]
    hard = dict(
        Bounce.objects.filter(inbox_id=inbox_id, type=BounceType.HARD, letter_sent_at__gte=since)
        .order_by("-letter_sent_at")
        .values_list("email_id", "letter_sent_at")[: LAST * 2]
    )
    newest = sorted({**_last_tries(inbox_id, since), **hard}.items(), key=_moment, reverse=True)
    return sum(email_id in hard for email_id, _ in newest[:LAST])


def _last_tries(inbox_id: int, since: datetime) -> dict[int, datetime | None]:
    tries = Attempt.objects.filter(inbox_id=inbox_id, data_at__gte=since).exclude(
        outcome__in=[Outcome.TEMPORARY, Outcome.ACCOUNT]
    )
    return dict(tries.order_by("-data_at").values_list("email_id", "data_at")[:LAST])


def _moment(letter: tuple[int, datetime | None]) -> datetime:
    return letter[1] or datetime.min.replace(tzinfo=UTC)


def _age(inbox: Inbox, now: datetime) -> int | None:
    """Give the days since the inbox's start; of one that came mature nobody knows them."""
    if not inbox.warmup_enabled:
        return None
    today, _, _ = local_day(inbox.zone, now)
    return max(0, (today - inbox.warmup_start_date).days)
