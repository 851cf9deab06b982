"""IMAP sessions kept open between polls, one at a time for each user of an inbox."""

from collections.abc import Iterator
from contextlib import contextmanager

from marketing_agent.inboxes.connection import imap_endpoint
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.imap import ImapRefused, ImapSession, patience
from marketing_agent.settings import settings


class SessionPool:
    """Keeps sessions for the next poll; one that failed, or whose credentials changed, is closed."""

    def __init__(self) -> None:
        self._idle: dict[int, ImapSession] = {}

    def holds(self, inbox: Inbox) -> bool:
        """Whether a session is kept, which the server may have closed meanwhile."""
        return inbox.pk in self._idle

    @contextmanager
    def session(self, inbox: Inbox) -> Iterator[ImapSession]:
        """Give an open session that nobody else uses.

        Raises:
            SecretError: when there are no credentials for IMAP.
            ImapError: when the server cannot be reached or refuses the login.
        """
        session = self._take(inbox)
        try:
            yield session
        except ImapRefused:
            self._keep(inbox, session)
            raise
        except BaseException:
            session.close()
            raise
        self._keep(inbox, session)

    def close(self) -> None:
        """Close every session."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _keep(self, inbox: Inbox, session: ImapSession) -> None:
        other = self._idle.pop(inbox.pk, None)
        self._idle[inbox.pk] = session
        if other is not None:
            other.close()

    def _take(self, inbox: Inbox) -> ImapSession:
        endpoint = imap_endpoint(inbox)
        kept = self._idle.pop(inbox.pk, None)
        if kept is not None and kept.endpoint == endpoint:
            return kept
        if kept is not None:
            kept.close()
        return _opened(ImapSession(endpoint, patience(settings().imap_step_s)))


def _opened(session: ImapSession) -> ImapSession:
    try:
        session.open()
    except BaseException:
        session.close()
        raise
    return session
