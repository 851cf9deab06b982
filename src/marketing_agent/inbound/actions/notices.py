"""Notices on their way to the salesperson: claimed, told, tried again, or given up with an alert."""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from marketing_agent.engine.values import NoticeState
from marketing_agent.inbound.models import Notice
from marketing_agent.inbound.storable import storable
from marketing_agent.operations.actions import close_alert, open_alert
from marketing_agent.store.columns import new_public_id

PORTION = 20
LEASE = timedelta(minutes=15)
"""Longer than telling a portion over two channels can take."""

WAITS = tuple(timedelta(minutes=each) for each in (1, 2, 5, 15, 60, 240, 720))
"""Until the next try; after the last one a person is told by an alert only."""

NOBODY, FAILING = "nobody-is-told", "notices-fail"


def claim(owner: str, now: datetime) -> list[Notice]:
    """Claim notices that are due; what a dead worker held is claimed anew, so that none is lost."""
    token = f"{owner}/{new_public_id()}"[:80]
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    due = Notice.objects.filter(free, state=NoticeState.WAITING, due_at__lte=now)
    ids = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:PORTION])
    due.filter(pk__in=ids).update(
        lease_owner=token, lease_until=Now() + LEASE, tries=F("tries") + 1
    )
    mine = Notice.objects.filter(pk__in=ids, lease_owner=token, state=NoticeState.WAITING)
    return list(mine.select_related("item__inbox", "item__prospect", "item__suggestion"))


def told(notice: Notice, problem: str, now: datetime) -> None:
    """Somebody was told; `problem` names the channels that failed."""
    _settle(notice, NoticeState.TOLD, problem, None, told_at=now)
    close_alert(FAILING, now)
    close_alert(NOBODY, now)


def not_told(notice: Notice, problem: str, now: datetime) -> None:
    """No channel took it: tried again ever more rarely, and said by an alert from the third time on."""
    if notice.tries > len(WAITS):
        _settle(notice, NoticeState.GIVEN_UP, problem, None)
    else:
        _settle(notice, NoticeState.WAITING, problem, now + WAITS[notice.tries - 1])
    if notice.tries > 2:  # noqa: PLR2004  see the docstring
        open_alert(
            FAILING,
            "critical",
            f"The salesperson cannot be told of replies: {problem}"[:500],
            proposal="Put the channels right: marketing-agent secret put NOTIFY_SALES",
            now=now,
        )


def nobody(notice: Notice, now: datetime) -> None:
    """No channel is set: the reply waits on the console, and an alert says that nobody is told."""
    _settle(notice, NoticeState.NOBODY, "No channel is set.", None)
    open_alert(
        NOBODY,
        "warning",
        "People reply, and nobody is told: no channel is set.",
        proposal="Name one (an Apprise URL): marketing-agent secret put NOTIFY_SALES",
        now=now,
    )


def _settle(
    notice: Notice, state: NoticeState, problem: str, due_at: datetime | None, **facts: object
) -> None:
    """Write what came of a claimed notice; whoever has claimed it meanwhile writes it instead."""
    Notice.objects.filter(pk=notice.pk, lease_owner=notice.lease_owner).update(
        state=state,
        problem=storable(problem, 500),
        due_at=due_at,
        lease_owner="",
        lease_until=None,
        **facts,
    )
