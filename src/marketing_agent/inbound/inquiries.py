"""Looking for what became of letters whose outcome is unknown, inbox by inbox.

Sent is read over IMAP, by Message-ID and for reading only. What decides is `engine.evidence`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.evidence import SAMPLE, SETTLING, Filing, Traces, judge
from marketing_agent.engine.values import ItemKind, Outcome
from marketing_agent.inbound.case import THREAD_KINDS
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.mail.imap import ImapError, ImapSession
from marketing_agent.operations.config import read
from marketing_agent.outbox.actions.inquiries import note_finding, open_inquiries
from marketing_agent.outbox.actions.resolve import NotUnknownError, resolve
from marketing_agent.outbox.models import Attempt, Email, Inquiry

BY = job_actor("settle-unknown")
A_RUN = 200
"""Inquiries looked into in one run; the next run takes the next ones."""

FRESHEST = timedelta(minutes=10)
"""Younger letters do not show how a server files its copies; it may just be about to."""


def look_into_unknown(now: datetime, pool: SessionPool) -> dict[str, int]:
    """Look for traces of every unknown outcome whose turn it is; gives counts."""
    counts = {"opened": open_inquiries(now), "looked": 0, "sent": 0, "not_sent": 0}
    for inbox_id, inquiries in groupby(_due(now), lambda each: each.attempt.inbox_id):
        del inbox_id
        for verdict in _look_at_one_inbox(list(inquiries), pool, now):
            counts["looked"] += 1
            if verdict is not None:
                counts["sent" if verdict else "not_sent"] += 1
    return counts


def _due(now: datetime) -> list[Inquiry]:
    due = Inquiry.objects.filter(next_look_at__lte=now, settled_at=None)
    rows = due.select_related("email", "attempt__inbox").order_by("next_look_at")[:A_RUN]
    return sorted(rows, key=lambda each: (each.attempt.inbox_id, each.pk))


def _look_at_one_inbox(
    inquiries: Sequence[Inquiry], pool: SessionPool, now: datetime
) -> Iterator[bool | None]:
    """Look into the inquiries of one inbox over one session; what cannot be read is a finding, too."""
    left = list(inquiries)
    try:
        with pool.session(inquiries[0].attempt.inbox) as session:
            sent = _Sent(session)
            while left:
                yield _settle(left[0], _look(left[0], sent, now), now)
                left.pop(0)
    except (ImapError, SecretError) as error:
        for each in left:
            yield _settle(each, _unread(each, f"Sent could not be read: {error}", now), now)


class _Sent:
    """The folders in which a copy of our letters could lie: Sent, and All Mail where there is one."""

    def __init__(self, session: ImapSession) -> None:
        self._session = session
        self._known: dict[str, str] = {}  # letters of the calibration, asked for once
        folders = session.folders()
        self.names = tuple(dict.fromkeys(one for one in (folders.sent, folders.all_mail) if one))

    def find(self, message_id: str) -> str:
        """Say where the copy of a letter lies, or nothing."""
        for name in self.names:
            self._session.select(name)
            found = self._session.search_message_id(message_id)
            if found:
                return f"{name} (UID {found[0]})"
        return ""

    def those_of(self, message_ids: Sequence[str]) -> set[str]:
        """Give those of the letters of which a copy lies there."""
        for each in message_ids:
            if each not in self._known:
                self._known[each] = self.find(each)
        return {each for each in message_ids if self._known[each]}


def _look(inquiry: Inquiry, sent: _Sent, now: datetime) -> Traces:
    email, age = inquiry.email, now - _data_at(inquiry)
    if not sent.names:
        return _unread(inquiry, "The account has no Sent folder. A person has to decide.", now)
    copy = sent.find(email.message_id)
    return Traces(
        age=age,
        copy=copy,
        named_by=_named_by(email),
        filing=_filing(inquiry, sent, now) if not copy and age >= SETTLING else None,
        absence_counts=bool(read("settle_by_absence")),
    )


def _unread(inquiry: Inquiry, why: str, now: datetime) -> Traces:
    return Traces(now - _data_at(inquiry), named_by=_named_by(inquiry.email), unread=why)


def _named_by(email: Email) -> str:
    """Give a mail that shows our letter and was dealt with before its outcome became unknown."""
    items = InboxItem.objects.filter(email=email, match__in=THREAD_KINDS)
    item = items.exclude(kind=ItemKind.OWN_COPY).order_by("id").first()
    return f"inbox item {item.public_id}" if item is not None else ""


def _filing(inquiry: Inquiry, sent: _Sent, now: datetime) -> Filing:
    """Look for our last letters that the server accepted in so many words."""
    accepted = Attempt.objects.filter(
        inbox_id=inquiry.attempt.inbox_id,
        outcome=Outcome.SENT,
        code__isnull=False,
        data_at__lt=now - FRESHEST,
    )
    newest = accepted.order_by("-data_at").values_list("email__message_id", "data_at", "at")
    last = [(message_id, data_at or at) for message_id, data_at, at in newest[:SAMPLE]]
    found = sent.those_of([message_id for message_id, _ in last])
    return Filing(
        asked=len(last),
        found=len(found),
        later=any(moment > _data_at(inquiry) for each, moment in last if each in found),
    )


def _data_at(inquiry: Inquiry) -> datetime:
    return inquiry.attempt.data_at or inquiry.attempt.at


def _settle(inquiry: Inquiry, traces: Traces, now: datetime) -> bool | None:
    verdict = judge(traces)
    if verdict.sent is None or verdict.kind is None:
        note_finding(inquiry, verdict.sentence, _data_at(inquiry), now)
        return None
    try:
        resolve(
            inquiry.email.public_id,
            sent=verdict.sent,
            reason=verdict.sentence,
            by=BY,
            now=now,
            evidence=verdict.kind,
        )
    except NotUnknownError:
        return None  # somebody settled it meanwhile, with the inquiry
    return verdict.sent
