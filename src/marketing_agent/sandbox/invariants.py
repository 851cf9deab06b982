"""The promises, checked against what really happened: the store's history and the server's own count.

Each check reads the records and the deliveries afresh and shares no code with the rules it checks.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.inbound.models import InboxItem, Suggestion
from marketing_agent.inboxes.models import Inbox, Pause
from marketing_agent.operations.models import Stop
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.prospects.models import Suppression

DAY = timedelta(hours=24)
_WARM_UP = (5, 10, 15, 20, 25, 30, 35, 40)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the checks look at: every DATA that began, and the Message-IDs the server accepted.

    `slack` is how long an event may take to reach a door that stands open already: nothing in a world
    where one thing happens after the other, a moment where several processes work side by side.
    """

    tries: tuple[Attempt, ...]
    accepted: tuple[str, ...]
    slack: timedelta = timedelta(0)

    def letters(self) -> "Iterable[Attempt]":
        """Give the tries of outreach and follow-ups; answers are exempt from some promises."""
        return (each for each in self.tries if each.email.kind != "answer")


def gather(accepted: Collection[str], slack: timedelta = timedelta(0)) -> Evidence:
    """Read the history that the checks judge; `accepted` are the Message-IDs the server took."""
    tries = Attempt.objects.exclude(data_at=None).select_related("email__prospect", "inbox")
    return Evidence(tuple(tries.order_by("data_at", "id")), tuple(accepted), slack)


def check(evidence: Evidence) -> dict[str, bool]:
    """Say of each promise whether it was kept."""
    return {name: promise(evidence) for name, promise in _PROMISES.items()}


def _once_a_step(evidence: Evidence) -> bool:
    steps = Counter(
        (each.email.address_key, each.email.campaign_id, each.email.step)
        for each in evidence.letters()
        if each.outcome in {"sent", "unknown", None}
    )
    copies = Counter(evidence.accepted)
    return all(n == 1 for n in steps.values()) and all(n == 1 for n in copies.values())


def _once_a_day(evidence: Evidence) -> bool:
    moments: dict[str, list[datetime]] = defaultdict(list)
    for each in evidence.letters():
        if each.outcome in {"sent", "unknown", None}:
            moments[each.email.address_key].append(_data_at(each))
    return all(
        later - earlier >= DAY for times in moments.values() for earlier, later in pairwise(times)
    )


def _none_under_stop(evidence: Evidence) -> bool:
    # Whoever waits for the stop is told from when on it surely holds; else it holds from its record on.
    since = Coalesce("effective_at", F("started_at") + evidence.slack, output_field=DateTimeField())
    stops = list(Stop.objects.annotate(since=since).values_list("since", "ended_at"))
    return not any(_within(_data_at(each), stops) for each in evidence.tries)


def _none_while_paused(evidence: Evidence) -> bool:
    return not any(_paused(each, evidence.slack) for each in evidence.tries)


def _paused(attempt: Attempt, slack: timedelta) -> bool:
    at = _data_at(attempt)
    return (
        Pause.objects.filter(inbox_id=attempt.inbox_id, started_at__lt=at - slack)
        .filter(Q(provider="") | Q(provider=attempt.email.provider))
        .filter(Q(until=None) | Q(until__gt=at))
        .filter(Q(ended_at=None) | Q(ended_at__gt=at))
        .exists()
    )


def _none_outside_window(evidence: Evidence) -> bool:
    return all(_in_window(each) for each in evidence.letters())


def _in_window(attempt: Attempt) -> bool:
    inbox = attempt.inbox
    local = _data_at(attempt).astimezone(ZoneInfo(inbox.zone))
    days = {int(day) for day in inbox.window_days.split(",")}
    return local.weekday() in days and inbox.window_start <= local.time() < inbox.window_end


def _none_over_limit(evidence: Evidence) -> bool:
    counts: Counter[tuple[int, object]] = Counter()
    bounds: dict[tuple[int, object], int] = {}
    for each in evidence.tries:
        day = _data_at(each).astimezone(ZoneInfo(each.inbox.zone)).date()
        counts[each.inbox_id, day] += 1
        bounds[each.inbox_id, day] = _most(each.inbox, (day - each.inbox.warmup_start_date).days)
    return all(count <= bounds[key] for key, count in counts.items())


def _most(inbox: Inbox, age_days: int) -> int:
    if not inbox.warmup_enabled:
        return inbox.daily_limit
    return min(inbox.daily_limit, _WARM_UP[min(age_days // 7, len(_WARM_UP) - 1)])


def _none_to_suppressed(evidence: Evidence) -> bool:
    rows = Suppression.objects.values_list("scope", "key", "created_at", "lifted_at")
    barred = [(scope, key, start, end) for scope, key, start, end in rows]
    spans: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for _, key, start, end in barred:
        spans[key].append((start + evidence.slack, end))
    return not any(
        _within(_data_at(each), spans.get(each.email.address_key, ()))
        or _within(_data_at(each), spans.get(each.email.domain, ()))
        for each in evidence.tries
    )


def _none_to_replied(evidence: Evidence) -> bool:
    return not any(_had_replied(each, evidence.slack) for each in evidence.letters())


def _had_replied(attempt: Attempt, slack: timedelta) -> bool:
    prospect = attempt.email.prospect
    replied = prospect.replied_at if prospect else None
    return replied is not None and replied + slack < _data_at(attempt)


def _none_to_bounced(evidence: Evidence) -> bool:
    first: dict[str, datetime] = {}
    for email in Email.objects.filter(bounces__type="hard").prefetch_related("bounces"):
        moments = [row.at for row in email.bounces.all() if row.type == "hard"]
        first[email.address_key] = min([*moments, first.get(email.address_key, moments[0])])
    return not any(
        each.email.address_key in first
        and first[each.email.address_key] + evidence.slack < _data_at(each)
        for each in evidence.tries
    )


def _accepted_between(evidence: Evidence) -> bool:
    sent = {each.email.message_id for each in evidence.tries if each.outcome == "sent"}
    open_ = {each.email.message_id for each in evidence.tries if each.outcome in {"unknown", None}}
    accepted = set(evidence.accepted)
    return sent <= accepted <= sent | open_


def _inbound_settled(evidence: Evidence) -> bool:
    del evidence
    return not InboxItem.objects.filter(state__in=["new", "claimed"]).exists()


def _reply_stops_sequence(evidence: Evidence) -> bool:
    del evidence
    replied = Q(prospect__replied_at__isnull=False)
    letters = Email.objects.filter(replied, state__in=["planned", "held", "retry", "claimed"])
    steps = Enrollment.objects.filter(replied, state__in=["active", "waiting"])
    return not letters.exclude(kind="answer").exists() and not steps.exists()


def _answers_approved(evidence: Evidence) -> bool:
    """Each answer that left was approved before, by somebody with a name, or written by a person."""
    approved = dict(
        Suggestion.objects.filter(state="approved").values_list("email_id", "decided_at")
    )
    written = set(AuditEntry.objects.filter(action="answer.write").values_list("after__letter"))
    return all(
        _before(approved.get(each.email_id), _data_at(each)) or (each.email.public_id,) in written
        for each in evidence.tries
        if each.email.kind == "answer"
    )


def _before(moment: datetime | None, later: datetime) -> bool:
    return moment is not None and moment <= later


def _within(at: datetime, spans: Iterable[tuple[datetime, datetime | None]]) -> bool:
    return any(start < at and (end is None or at < end) for start, end in spans)


def _data_at(attempt: Attempt) -> datetime:
    if attempt.data_at is None:
        raise ValueError("only tries whose DATA began are evidence")
    return attempt.data_at


_PROMISES: dict[str, Callable[[Evidence], bool]] = {
    "no_address_twice_in_a_step": _once_a_step,
    "no_address_twice_in_24_hours": _once_a_day,
    "nothing_under_stop": _none_under_stop,
    "nothing_while_paused": _none_while_paused,
    "nothing_outside_the_window": _none_outside_window,
    "nothing_over_a_limit": _none_over_limit,
    "nothing_to_suppressed": _none_to_suppressed,
    "nothing_to_replied": _none_to_replied,
    "nothing_to_bounced": _none_to_bounced,
    "accepted_between_sent_and_unknown": _accepted_between,
    "every_inbound_item_settled": _inbound_settled,
    "a_reply_stops_its_sequence": _reply_stops_sequence,
    "no_answer_that_no_person_approved": _answers_approved,
}
