"""Writing down how reading an inbox went, and when to try again."""

from datetime import datetime, timedelta

from django.db import transaction

from marketing_agent.inbound.storable import storable
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import ImapStatus, Inbox
from marketing_agent.mail.imap import ImapError
from marketing_agent.operations.actions import close_alert, open_alert

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
LOGIN_WAIT = timedelta(minutes=5)
"""A refused login waits longer from the start: providers lock accounts that knock too often."""

PARTLY_WAIT = timedelta(minutes=10)
"""Longest wait while the inbox can be read but for a mail or a folder: replies go on coming in."""

FAILURES_TO_WARN = 5


@transaction.atomic
def poll_succeeded(inbox: Inbox, now: datetime) -> None:
    """Note that the inbox was read; an alert about it is closed."""
    facts = {
        "connected": True,
        "last_poll_at": now,
        "last_success_at": now,
        "last_error": "",
        "failures": 0,
        "retry_at": None,
    }
    known = ImapStatus.objects.filter(inbox=inbox).first()
    ImapStatus.objects.update_or_create(inbox=inbox, defaults=facts)
    if known is not None and (known.failures or not known.connected):
        close_alert(_alert(inbox), now)


@transaction.atomic
def poll_fell_short(inbox: Inbox, said: str, now: datetime, *, connected: bool) -> None:
    """Note that the inbox was read but for a mail or a folder; a lasting trouble alerts.

    Without `connected` nothing came of the inbox itself, though its server lets us in.
    """
    known = ImapStatus.objects.filter(inbox=inbox).first()
    failures = (known.failures if known else 0) + 1
    facts = {
        "connected": connected,
        "last_poll_at": now,
        "last_error": storable(said, 1000),
        "failures": failures,
        "retry_at": now + min(PARTLY_WAIT, back_off(failures, lasting=False)),
    } | ({"last_success_at": now} if connected else {})
    ImapStatus.objects.update_or_create(inbox=inbox, defaults=facts)
    if failures >= FAILURES_TO_WARN:
        proposal = "Look for the mail or folder in the account's own mail program; move or mend it."
        _warn(inbox, f"{inbox.address} is read with gaps: {storable(said, 1000)}", proposal, now)


@transaction.atomic
def poll_failed(inbox: Inbox, error: ImapError | SecretError, now: datetime) -> None:
    """Note why the inbox could not be read and when it is tried again; a lasting trouble alerts."""
    known = ImapStatus.objects.filter(inbox=inbox).first()
    failures = (known.failures if known else 0) + 1
    lasting = not getattr(error, "temporary", False)
    facts = {
        "connected": False,
        "last_poll_at": now,
        "last_error": storable(str(error), 1000),
        "failures": failures,
        "retry_at": now + back_off(failures, lasting=lasting),
    }
    ImapStatus.objects.update_or_create(inbox=inbox, defaults=facts)
    if lasting or failures >= FAILURES_TO_WARN:
        proposal = (
            f"Check its credentials: marketing-agent inboxes test {inbox.address}; "
            f"then put them again: marketing-agent secret put {inbox.secret_name}"
        )
        _warn(inbox, f"{inbox.address} cannot be read: {storable(str(error), 1000)}", proposal, now)


def back_off(failures: int, *, lasting: bool) -> timedelta:
    """Give the wait after so many failures in a row: doubling, up to an hour."""
    first = LOGIN_WAIT if lasting else FIRST_WAIT
    return min(LONGEST_WAIT, first * (1 << min(10, failures - 1)))


def _warn(inbox: Inbox, sentence: str, proposal: str, now: datetime) -> None:
    open_alert(_alert(inbox), "warning", sentence, proposal=proposal, now=now)


def _alert(inbox: Inbox) -> str:
    return f"imap:{inbox.address_key}"[:120]
