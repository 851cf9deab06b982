"""The last look before a follow-up leaves: has an answer arrived that nobody has read yet?

Asked over IMAP for mail from the addressee or in the letter's thread, so that an alias and a colleague are
seen, too, that came after the last poll or of which nothing has been made yet. Nothing is fetched here.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from time import monotonic

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.values import ItemState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.mail.imap import ImapError, ImapSession
from marketing_agent.mail.message_ids import searchable
from marketing_agent.outbox.models import Contact, Email, OtherId
from marketing_agent.outbox.tickets import Look, NowSource

UNREAD_WAIT = timedelta(minutes=10)
BROKEN_WAIT = timedelta(minutes=15)
THREAD = 5
"""The newest letters of the thread that an answer may refer to; mail programs name the last ones."""

_UNSETTLED = [ItemState.NEW, ItemState.CLAIMED, ItemState.HELD, ItemState.ERROR]


class LastLook:
    """Asks the inbox's IMAP server for mail that answers a letter and was not fetched so far.

    Gives a refusal, or a note on what was looked at. While an inbox cannot be read its follow-ups wait,
    because the answer that should stop them may lie there; it is asked again after a quarter of an hour.
    """

    def __init__(self, pool: SessionPool, now: NowSource) -> None:
        self._pool = pool
        self._now = now
        self._broken: dict[int, Refusal] = {}
        self._folders: dict[int, tuple[str, ...]] = {}

    def __call__(self, email: Email) -> Look:
        """Look for an unread answer to `email`."""
        now = self._now()
        broken = self._broken.get(email.inbox_id)
        if broken is not None and broken.next_try is not None and broken.next_try > now:
            return Look(broken)
        began = monotonic()
        try:
            refusal = _refuse_unprocessed(email, now) or self._look(email, now)
        except SecretError:
            # An inbox without IMAP is never read; the letter is not held up for it.
            return Look(note="not looked: no IMAP account")
        except ImapError as error:
            sentence = f"The inbox cannot be read, so an answer may be waiting: {error}"
            refusal = Refusal("inbox_unread", sentence, next_try=self._now() + BROKEN_WAIT)
            self._broken[email.inbox_id] = refusal
            return Look(refusal)
        return Look(refusal, f"no answer by IMAP ({1000 * (monotonic() - began):.0f} ms)")

    def _look(self, email: Email, now: datetime) -> Refusal | None:
        waiting = _anything_waits(email.inbox)
        with self._pool.session(email.inbox) as session:
            for name in self._names(email.inbox, session):
                if _holds_answer(session, name, email, waiting=waiting):
                    return _unread(now)
        return None

    def _names(self, inbox: Inbox, session: ImapSession) -> tuple[str, ...]:
        """Give the folders where an answer may arrive, as they are called now."""
        if inbox.pk not in self._folders:
            self._folders[inbox.pk] = session.folders().to_read()
        return self._folders[inbox.pk]


def _holds_answer(session: ImapSession, name: str, email: Email, *, waiting: bool) -> bool:
    known = Folder.objects.filter(inbox_id=email.inbox_id, name=name).first()
    mailbox = session.select(name)
    if known is not None and known.uidvalidity != mailbox.uidvalidity:
        known = None
    if known is not None and mailbox.uidnext - 1 <= known.last_uid and not waiting:
        return False
    thread = _thread(email)
    found = session.search_answers(email.to_address, thread, _since(email))
    states = _states(known, found)
    return any(_is_open(uid, known, states) for uid in found)


def _thread(email: Email) -> list[str]:
    """Give what an answer may cite: the letters before this one, by our ids and by those they got."""
    ours = email.references.split()[-THREAD:]
    if not ours:
        return []
    given = OtherId.objects.filter(email__message_id__in=ours).order_by("-id")
    others = given.values_list("message_id", flat=True)[:THREAD]
    return [*ours, *map(searchable, others)]


def _is_open(uid: int, folder: Folder | None, states: Mapping[int | None, str]) -> bool:
    """Say whether a mail was not fetched so far, or nothing has been made of it."""
    if uid in states:
        return states[uid] in _UNSETTLED
    return folder is None or uid > folder.last_uid


def _states(folder: Folder | None, uids: Collection[int]) -> dict[int | None, str]:
    if folder is None or not uids:
        return {}
    items = InboxItem.objects.filter(
        inbox_id=folder.inbox_id, folder=folder.name, uidvalidity=folder.uidvalidity, uid__in=uids
    )
    return dict(items.values_list("uid", "state"))


def _anything_waits(inbox: Inbox) -> bool:
    """Say whether mail of this inbox is fetched of which nothing has been made, whoever wrote it."""
    return InboxItem.objects.filter(state__in=_UNSETTLED, inbox_id=inbox.pk).exists()


def _refuse_unprocessed(email: Email, now: datetime) -> Refusal | None:
    """Refuse while a mail from the addressee is fetched but nothing has been made of it."""
    waiting = InboxItem.objects.filter(state__in=_UNSETTLED, from_address__iexact=email.to_address)
    return _unread(now) if waiting.exists() else None


def _unread(now: datetime) -> Refusal:
    sentence = "A mail that may answer the letter has arrived and is not dealt with yet."
    return Refusal("answer_unread", sentence, next_try=now + UNREAD_WAIT)


def _since(email: Email) -> date:
    contact = Contact.objects.filter(address_key=email.address_key).first()
    written = contact.last_data_at if contact else email.created_at
    # The server's calendar may be a day behind ours.
    return (written - timedelta(days=1)).date()
