"""How many letters each inbox may take on now, and which inbox a prospect's letter leaves from."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.choose import Candidate, choose_inbox
from marketing_agent.engine.door import CONTACT_GAP, LATER, Refusal
from marketing_agent.engine.email_states import DUE
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Email

SOON = timedelta(minutes=10)
"""When a prospect bound to an inbox asks again after the day's spread has no letter due."""


@dataclass(slots=True)
class Room:
    """The inboxes, their day, and the letters that each may still take on in this cycle."""

    inboxes: dict[int, Inbox]
    days: dict[int, InboxDay]
    left: dict[int, int]
    total: int

    def any_left(self) -> bool:
        """Say whether any letter may be planned at all."""
        return self.total > 0 and any(left > 0 for left in self.left.values())

    def for_rank(self, *, warm: bool) -> bool:
        """Say whether any inbox could write to prospects of this warmth."""
        return self.total > 0 and any(
            left > 0 and (warm or not self.days[each].warm_only) for each, left in self.left.items()
        )

    def refuse(self, enrollment: Enrollment, now: datetime, *, warm: bool) -> Refusal | None:
        """Say why no inbox may write to this prospect now, or None when one may."""
        if self._pick(enrollment, warm=warm) is not None:
            return None
        if enrollment.inbox_id in self.inboxes:
            return self._bound_refusal(enrollment, now, warm=warm)
        sentence = "No inbox may write to this prospect now (pauses, health or limits)."
        return Refusal("no_inbox", sentence, next_try=now + LATER)

    def take(self, enrollment: Enrollment, *, warm: bool) -> Inbox:
        """Take one letter's room for this prospect and give the inbox."""
        inbox_id = self._pick(enrollment, warm=warm)
        if inbox_id is None:
            raise LookupError("ask `refuse` before `take`")
        self.left[inbox_id] -= 1
        self.total -= 1
        return self.inboxes[inbox_id]

    def _pick(self, enrollment: Enrollment, *, warm: bool) -> int | None:
        mine = enrollment.inbox_id
        offered = [mine] if mine in self.inboxes else list(self.inboxes)
        provider = enrollment.prospect.provider or enrollment.prospect.domain
        return choose_inbox(
            (self._candidate(each) for each in offered if each is not None), provider, warm=warm
        )

    def _candidate(self, inbox_id: int) -> Candidate:
        day = self.days[inbox_id]
        return Candidate(
            inbox_id=inbox_id,
            room=self.left[inbox_id],
            limit=day.limit.value,
            domain=self.inboxes[inbox_id].address_key.rpartition("@")[2],
            warm_only=day.warm_only,
            blocked=frozenset(day.provider_pauses),
        )

    def _bound_refusal(self, enrollment: Enrollment, now: datetime, *, warm: bool) -> Refusal:
        inbox = self.inboxes[enrollment.inbox_id or 0]
        day = self.days[inbox.pk]
        if day.pause is not None:
            sentence = f"Its inbox {inbox} is paused: {day.pause.reason}"
            return Refusal("inbox_paused", sentence, next_try=day.pause.until or now + CONTACT_GAP)
        if day.warm_only and not warm:
            sentence = f"Its inbox {inbox} may write to warm leads only for now."
            return Refusal("warm_leads_only", sentence, next_try=now + CONTACT_GAP)
        sentence = f"Its inbox {inbox} has no letter due now by limit, window or spread."
        return Refusal("inbox_waits", sentence, next_try=max(day.opens_at, now + SOON))


def room_now(now: datetime, limit: int | None) -> Room:
    """Count the room of every inbox: due by the day's spread, less what is planned for it already."""
    inboxes = {each.pk: each for each in Inbox.objects.order_by("id")}
    today = days(inboxes.values(), now)
    waiting = _waiting(now)
    left = {each: max(0, day.due_now - waiting[each]) for each, day in today.items()}
    return Room(inboxes, today, left, sum(left.values()) if limit is None else limit)


def _waiting(now: datetime) -> Counter[int]:
    due = Email.objects.filter(state__in=DUE, due_at__lte=now)
    return Counter(due.values_list("inbox_id", flat=True)[:10_000])
