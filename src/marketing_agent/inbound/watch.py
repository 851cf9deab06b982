"""Waiting for mail where the server tells by itself (IMAP IDLE, RFC 2177).

A report is a hint that a poll is worth while, never more: the poll alone decides what is new.
"""

from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.mail.imap import ImapError

LONGEST_WAIT_S = 25 * 60.0
"""A server may end an idle connection after 30 minutes (RFC 2177 section 3)."""


def wait_for_mail(inbox: Inbox, seconds: float, pool: SessionPool) -> bool | None:
    """Wait up to `seconds` for news in the inbox; True when the server reported some.

    None at once when it cannot tell: it does not offer IDLE, or it cannot be reached. `pool` must be
    the watcher's own, because an idle session cannot be used for anything else.
    """
    known = Folder.objects.filter(inbox=inbox, role="inbox").first()
    try:
        with pool.session(inbox) as session:
            if not session.has_idle():
                return None
            session.select(known.name if known else "INBOX")
            return session.idle(min(seconds, LONGEST_WAIT_S))
    except (ImapError, SecretError):
        return None  # the poll meets the same trouble and writes it down
