"""Where one IMAP session stands: who is logged in, what is open, what was reported."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from marketing_agent.sandbox.imap.mailbox import Account, Mailbox
from marketing_agent.sandbox.imap.tokens import BadCommandError


class Needs(Enum):
    """What must have happened before a command makes sense (RFC 3501 section 3)."""

    NOTHING = auto()
    LOGIN = auto()
    MAILBOX = auto()


class State:
    """One session's state; `clock` dates what a client appends without a date."""

    def __init__(
        self,
        write: Callable[[str | bytes], None],
        clock: Callable[[], datetime],
        *,
        login_allowed: bool,
    ) -> None:
        self.write, self.clock = write, clock
        self.login_allowed = login_allowed
        self.user: str | None = None
        self.account: Account | None = None
        self.mailbox: Mailbox | None = None
        self.read_only = False
        self.idling = self.leaving = self.upgrade = False
        self._reported = 0

    def missing(self, needs: Needs) -> str | None:
        """Return the completion that refuses a command whose turn has not come."""
        if needs is not Needs.NOTHING and self.account is None:
            return "BAD Log in first"
        if needs is Needs.MAILBOX and self.mailbox is None:
            return "BAD Select a mailbox first"
        return None

    def enter_mailbox(self, mailbox: Mailbox, *, read_only: bool) -> None:
        """Open `mailbox` and hear of its changes."""
        self.leave_mailbox()
        self.mailbox, self.read_only = mailbox, read_only
        self._reported = len(mailbox.messages)
        mailbox.watchers.add(self._changed)

    def leave_mailbox(self) -> None:
        """Close the open mailbox, if any."""
        if self.mailbox:
            self.mailbox.watchers.discard(self._changed)
        self.mailbox = None

    def report_changes(self) -> None:
        """Tell the client how many messages there are if that has changed (section 7.3.1)."""
        count = len(self.mailbox.messages) if self.mailbox else self._reported
        if count != self._reported:
            self._reported = count
            self.write(f"* {count} EXISTS")

    def removed(self, number: int) -> None:
        """Report that the message with this number is gone."""
        self._reported -= 1
        self.write(f"* {number} EXPUNGE")

    def logged_in(self) -> Account:
        """Return the account; `missing` was asked before."""
        if self.account is None:
            raise BadCommandError("Log in first")
        return self.account

    def opened(self) -> Mailbox:
        """Return the open mailbox; `missing` was asked before."""
        if self.mailbox is None:
            raise BadCommandError("Select a mailbox first")
        return self.mailbox

    def _changed(self) -> None:
        if self.idling:
            self.report_changes()


def capabilities(state: State) -> str:
    """Return what the server can do at this point of the session."""
    login = "AUTH=PLAIN SASL-IR" if state.login_allowed else "STARTTLS LOGINDISABLED"
    return f"IMAP4rev1 LITERAL+ IDLE UIDPLUS UNSELECT SPECIAL-USE NAMESPACE ID {login}"
