"""Notices on their way to the salesperson: claimed, told, tried again, or given up with an alert."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from marketing_agent.engine.values import NoticeState
from marketing_agent.inbound.models import Notice
from marketing_agent.inbound.storable import storable
from marketing_agent.operations.actions import close_alert, open_alert
from marketing_agent.operations.models import Alert
from marketing_agent.store.columns import new_public_id

PORTION = 20
LEASE = timedelta(minutes=15)
"""Renewed before each notice, and longer than telling one over all channels can take."""

WAITS = tuple(timedelta(minutes=each) for each in (1, 2, 5, 15, 60, 240, 720))
"""Until the next try; after the last one a person is told by an alert only."""

NOBODY, FAILING = "nobody-is-told", "notices-fail"
SILENCE = "They want no more mail."

_NEWS_FOR = timedelta(days=1)
"""What nobody was told of is told once channels are there again, while it is younger than this."""

_OWED_FOR = timedelta(days=7)
"""What nobody was told of keeps its alert open so long."""

_PROPOSAL = "Put the channels right: marketing-agent secret put NOTIFY_SALES"


def claim(owner: str, now: datetime) -> list[Notice]:
    """Claim notices that are due; what a dead worker held is claimed anew, so that none is lost."""
    token = f"{owner}/{new_public_id()}"[:80]
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    due = Notice.objects.filter(free, state=NoticeState.WAITING, due_at__lte=now)
    ids = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:PORTION])
    due.filter(pk__in=ids).update(
        lease_owner=token, lease_until=Now() + LEASE, tries=F("tries") + 1
    )
    return list(Notice.objects.filter(pk__in=ids, lease_owner=token, state=NoticeState.WAITING))


def hold(claimed: Notice) -> Notice | None:
    """Renew the lease of a claimed notice and give it as it stands now; None once the lease has run out.

    A channel that hangs for the notices before must not make two workers tell the same one.
    """
    mine = Notice.objects.filter(
        pk=claimed.pk,
        lease_owner=claimed.lease_owner,
        state=NoticeState.WAITING,
        lease_until__gt=Now(),
    )
    if not mine.update(lease_until=Now() + LEASE):
        return None
    rows = mine.select_related("item__inbox", "item__prospect", "item__suggestion__email")
    return rows.first()


def revive(channels: str, now: datetime) -> int:
    """Let what nobody was told of wait again, now that there are channels; gives how many.

    What was given up waits again once the channels are other ones than those that failed.

    Args:
        channels: what tells these channels from others.
        now: when, aware UTC.
    """
    since = now - _NEWS_FOR
    reminders = Q(item__until__gte=since.date(), item__until__lte=now.date())
    news = Notice.objects.filter(Q(created_at__gt=since) | reminders)
    states = [NoticeState.NOBODY]
    if _failed_with() != channels:
        states.append(NoticeState.GIVEN_UP)
    ids = list(_lost(news, *states).values_list("pk", flat=True))
    # The states once more: another worker may have told them since.
    rows = Notice.objects.filter(pk__in=ids, state__in=states)
    return rows.update(state=NoticeState.WAITING, due_at=now, tries=0, problem="")


def told(notice: Notice, problem: str, channels: str, now: datetime) -> None:
    """Somebody was told; `problem` names the channels that failed.

    An alert stays open while anybody's reply that it is about is still untold.
    """
    _settle(notice, NoticeState.TOLD, problem, None, told_at=now)
    recent = Notice.objects.filter(created_at__gt=now - _OWED_FOR)
    if not _lost(recent, NoticeState.NOBODY).exists():
        close_alert(NOBODY, now)
    failing = Notice.objects.filter(state=NoticeState.WAITING).exclude(problem="")
    owed = failing.exists() or _lost(recent, NoticeState.GIVEN_UP).exists()
    if problem and not (owed and _is_critical()):
        summary = f"A channel fails that should tell the salesperson of replies: {problem}"
        evidence = {"channels": channels}
        open_alert(FAILING, "warning", summary, proposal=_PROPOSAL, evidence=evidence, now=now)
    elif not problem and not owed:
        close_alert(FAILING, now)


def not_told(notice: Notice, problem: str, channels: str, now: datetime) -> None:
    """No channel took it: tried again ever more rarely, and said by an alert from the third time on."""
    if notice.tries > len(WAITS):
        _settle(notice, NoticeState.GIVEN_UP, problem, None)
    else:
        _settle(notice, NoticeState.WAITING, problem, now + WAITS[notice.tries - 1])
    if notice.tries > 2:  # noqa: PLR2004  see the docstring
        summary = f"The salesperson cannot be told of replies: {problem}"
        evidence = {"channels": channels}
        open_alert(FAILING, "critical", summary, proposal=_PROPOSAL, evidence=evidence, now=now)


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


def drop(notice: Notice, why: str) -> None:
    """Tell nobody of somebody who must be left in peace by now; no alert, for nothing is amiss."""
    _settle(notice, NoticeState.GIVEN_UP, f"{SILENCE} {why}", None)


def _lost(rows: QuerySet[Notice], *states: NoticeState) -> QuerySet[Notice]:
    """Give those in these states that somebody should have been told of."""
    return rows.filter(state__in=states).exclude(problem__startswith=SILENCE)


def _failed_with() -> object:
    """Give what tells the channels apart that failed last."""
    last = Alert.objects.filter(key=FAILING).order_by("-id").first()
    return last.evidence.get("channels") if last else None


def _is_critical() -> bool:
    return Alert.objects.filter(key=FAILING, closed_at=None, severity="critical").exists()


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
