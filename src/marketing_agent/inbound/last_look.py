"""The last look before a follow-up leaves: has an answer arrived that nobody has read yet?"""

from datetime import date, datetime, timedelta

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.values import ItemState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Folder
from marketing_agent.mail.imap import ImapError
from marketing_agent.outbox.models import Contact, Email

UNREAD_WAIT = timedelta(minutes=10)
BROKEN_WAIT = timedelta(minutes=15)
_UNSETTLED = [ItemState.NEW, ItemState.CLAIMED, ItemState.HELD, ItemState.ERROR]


class LastLook:
    """Asks the inbox's IMAP server for mail from the addressee that was not fetched so far.

    Gives a refusal, or None when the letter may leave. While an inbox cannot be read its follow-ups
    wait, because the answer that should stop them may lie there; it is asked once in a cycle.
    """

    def __init__(self, pool: SessionPool, now: datetime) -> None:
        self._pool = pool
        self._now = now
        self._broken: dict[int, Refusal] = {}

    def __call__(self, email: Email) -> Refusal | None:
        """Look for an unread answer to `email`'s addressee."""
        if email.inbox_id in self._broken:
            return self._broken[email.inbox_id]
        try:
            return _refuse_unprocessed(email, self._now) or self._look(email)
        except SecretError:
            return None  # an inbox without IMAP is never read; the letter is not held up for it
        except ImapError as error:
            sentence = f"The inbox cannot be read, so an answer may be waiting: {error}"
            refusal = Refusal("inbox_unread", sentence, next_try=self._now + BROKEN_WAIT)
            return self._broken.setdefault(email.inbox_id, refusal)

    def _look(self, email: Email) -> Refusal | None:
        known = Folder.objects.filter(inbox_id=email.inbox_id, role="inbox").first()
        with self._pool.session(email.inbox) as session:
            mailbox = session.select(known.name if known else "INBOX")
            read = known.last_uid if known and known.uidvalidity == mailbox.uidvalidity else 0
            if mailbox.uidnext - 1 <= read:
                return None
            found = session.search_from_since(email.to_address, _since(email))
        return _unread(self._now) if any(uid > read for uid in found) else None


def _refuse_unprocessed(email: Email, now: datetime) -> Refusal | None:
    """Refuse while a mail from the addressee is fetched but nothing has been made of it."""
    waiting = InboxItem.objects.filter(state__in=_UNSETTLED, from_address__iexact=email.to_address)
    return _unread(now) if waiting.exists() else None


def _unread(now: datetime) -> Refusal:
    sentence = "A mail from the addressee has arrived and is not dealt with yet."
    return Refusal("answer_unread", sentence, next_try=now + UNREAD_WAIT)


def _since(email: Email) -> date:
    contact = Contact.objects.filter(address_key=email.address_key).first()
    written = contact.last_data_at if contact else email.created_at
    # The server's calendar may be a day behind ours.
    return (written - timedelta(days=1)).date()
