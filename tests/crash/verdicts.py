"""The verdict on a soak: promises, letters twice or lost, mails twice or lost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connections

from crash.place import Place, enter
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Email, Guard, Inquiry
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox import invariants

_STUCK = [EmailState.CLAIMED, EmailState.TRANSMITTING]
_AWAITED = [
    EmailState.PLANNED,
    EmailState.HELD,
    EmailState.RETRY,
    EmailState.UNKNOWN,
    EmailState.DEAD,
]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong, and figures for people."""

    troubles: list[str]
    figures: dict[str, int]


def judge(
    place: Place, accepted: Sequence[str], mails: Mapping[str, Sequence[str]], slack: timedelta
) -> Judged:
    """Judge the store by the Message-IDs that the server took and the mails that lie in the accounts."""
    enter(place)
    promises = invariants.check(invariants.gather(accepted, slack))
    troubles = [f"promise broken: {name}" for name, kept in promises.items() if not kept]
    troubles += _twice(accepted) + _stuck() + _forgotten() + _ended_for_nothing() + _mails(mails)
    troubles += [f"due work was held for review: {each.summary}" for each in Guard.objects.all()]
    judged = Judged(troubles, _figures(accepted))
    connections.close_all()
    return judged


def _twice(accepted: Sequence[str]) -> list[str]:
    return [f"{name} was taken {n} times" for name, n in Counter(accepted).items() if n > 1]


def _stuck() -> list[str]:
    rows = Email.objects.filter(state__in=_STUCK)
    return [f"{email} is in nobody's hands" for email in rows]


def _forgotten() -> list[str]:
    """Name the sequences that wait for a letter that nobody will send."""
    waiting = Enrollment.objects.filter(state="waiting").select_related("prospect")
    letters = set(
        Email.objects.filter(state__in=_AWAITED).values_list("prospect_id", "campaign_id", "step")
    )
    return [
        f"{each.prospect.address} waits for a letter that is not there"
        for each in waiting
        if (each.prospect_id, each.campaign_id, each.next_step) not in letters
    ]


def _ended_for_nothing() -> list[str]:
    """Name the sequences that ended early though nobody has answered, complained or bounced."""
    barred = Suppression.objects.filter(lifted_at=None).values("key")
    stopped = Enrollment.objects.filter(state="stopped", prospect__replied_at=None)
    rows = stopped.exclude(prospect__address_key__in=barred).select_related("prospect")
    why = Counter(each.stop_reason for each in rows)
    return [f"{count} sequences ended before their time: {said}" for said, count in why.items()]


def _mails(mails: Mapping[str, Sequence[str]]) -> list[str]:
    kept = Counter(InboxItem.objects.values_list("inbox__address", "message_id"))
    there = {(account, name) for account, names in mails.items() for name in names}
    lost = [f"the mail {name} in {account} was lost" for account, name in there - kept.keys()]
    return lost + [f"the mail {key} is kept {n} times" for key, n in kept.items() if n > 1]


def _figures(accepted: Sequence[str]) -> dict[str, int]:
    settled = Inquiry.objects.exclude(sent=None)
    return {
        "letters the server took": len(accepted),
        "letters recorded as sent": Email.objects.filter(sent_at__isnull=False).count(),
        "letters taken twice": len(accepted) - len(set(accepted)),
        "outcomes that became unknown": Inquiry.objects.count(),
        "… settled: sent": settled.filter(sent=True).count(),
        "… settled: not sent": settled.filter(sent=False).count(),
        "… left to a person": Email.objects.filter(state=EmailState.UNKNOWN).count(),
        "mails read": InboxItem.objects.count(),
    }
