"""What stands in the way on the inboxes' side, in sentences."""

from collections.abc import Iterator
from datetime import datetime

from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.words import at, spaced

_SHOWN = 10


def about_all(now: datetime, *, warm: bool) -> Iterator[str]:
    """Say what keeps every inbox from writing; nothing when one of them may."""
    inboxes = list(Inbox.objects.order_by("id"))
    if not inboxes:
        yield "There is no inbox to send from. Add one with `marketing-agent inboxes add`."
        return
    today = days(inboxes, now)
    reasons = [(inbox, _reason(inbox, today[inbox.pk], warm=warm)) for inbox in inboxes]
    if all(reason for _, reason in reasons):
        yield "No inbox may write now:" if len(reasons) > 1 else "The only inbox may not write now:"
        yield from (reason for _, reason in reasons[:_SHOWN])
        if len(reasons) > _SHOWN:
            yield f"… and {len(reasons) - _SHOWN} more inboxes, none of which may."


def about_one(inbox: Inbox, now: datetime, *, warm: bool) -> Iterator[str]:
    """Say what keeps one inbox from writing; nothing when it may."""
    reason = _reason(inbox, days([inbox], now)[inbox.pk], warm=warm)
    if reason:
        yield reason


def about_warm_leads(now: datetime) -> bool:
    """Say whether every inbox that has not paused writes to warm leads only."""
    awake = [day for day in days(Inbox.objects.order_by("id"), now).values() if day.pause is None]
    return bool(awake) and all(day.warm_only for day in awake)


def _reason(inbox: Inbox, day: InboxDay, *, warm: bool) -> str:
    who = f"The inbox {inbox.address}"
    if day.pause is not None:
        until = f" until {at(day.pause.until)}" if day.pause.until else " until somebody resumes it"
        return f"{who} is paused{until} ({day.pause.cause}): {day.pause.reason}"
    if day.warm_only and not warm:
        return f"{who} writes to warm leads only for now, because of its health."
    if day.remaining <= 0 and day.week == 0:
        return f"{who} begins its warm-up on {inbox.warmup_start_date}, and writes nothing before."
    if day.remaining <= 0:
        bound = spaced(day.limit.bound)
        return (
            f"{who} has reached its limit: {day.sent_today} of {day.limit.value} today "
            f"(bound by {bound}). Its day ends at {at(day.resets_at)}."
        )
    return _timing(who, day)


def _timing(who: str, day: InboxDay) -> str:
    if not day.open:
        return f"{who}'s sending window is closed; it opens at {at(day.opens_at)}."
    if day.due_now <= 0:
        return (
            f"{who} spreads its {day.limit.value} letters over the day: "
            f"{day.sent_today} have left, and the next one is not due yet."
        )
    return ""
