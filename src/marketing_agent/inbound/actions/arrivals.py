"""Keeping fetched mail: the raw bytes, what lists show of it, and how far the folder was read."""

import zlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from marketing_agent.inbound.identity import identity_of
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.storable import storable
from marketing_agent.inboxes.models import Folder, ImapStatus, Inbox
from marketing_agent.mail.imap import Fetched, Mailbox
from marketing_agent.mail.imap_fetch import MAX_MAIL
from marketing_agent.mail.parse import parse

FASTEST = 1  # zlib's level: mail compresses well enough, and reading must keep up

FIRST_LOOK = 2_000
"""Of a folder never seen before, so many of the newest UIDs are read: what is older came before us."""

AGAIN = 20_000
"""Of a folder numbered anew or renamed, so many are read; those that are known are not kept twice."""


@transaction.atomic
def turn_to(inbox: Inbox, name: str, role: str, mailbox: Mailbox, now: datetime) -> Folder:
    """Give the record of a folder; one that is new, or numbered anew, is read from some way back.

    A changed UIDVALIDITY makes every remembered UID void (RFC 3501 section 2.3.1.1). A server that gives
    UIDs away a second time without saying so has numbered anew as well.
    """
    name = storable(name, 500)
    renamed = _take_role(inbox, name, role)
    known = Folder.objects.filter(inbox=inbox, name=name).first()
    if known is not None and _goes_on(known, mailbox):
        if known.role != role:
            Folder.objects.filter(pk=known.pk).update(role=role)
        return known
    facts = {
        "role": role,
        "uidvalidity": mailbox.uidvalidity,
        "last_uid": max(0, mailbox.top - (AGAIN if known or renamed else FIRST_LOOK)),
        "read_at": now,
    }
    return Folder.objects.update_or_create(inbox=inbox, name=name, defaults=facts)[0]


def _goes_on(known: Folder, mailbox: Mailbox) -> bool:
    return known.uidvalidity == mailbox.uidvalidity and known.last_uid < mailbox.uidnext


def _take_role(inbox: Inbox, name: str, role: str) -> bool:
    """Take the role from a folder that had it under another name; then this one was renamed."""
    others = Folder.objects.filter(inbox=inbox, role=role).exclude(name=name)
    return others.update(role="") > 0


def kept_above(folder: Folder) -> set[int]:
    """Give the UIDs above how far the folder was read that are kept: what came from behind a gap.

    After a poll without trouble there is no gap to look behind.
    """
    if not ImapStatus.objects.filter(inbox_id=folder.inbox_id, failures__gt=0).exists():
        return set()
    items = InboxItem.objects.filter(
        inbox_id=folder.inbox_id,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        uid__gt=folder.last_uid,
    )
    return {uid for uid in items.values_list("uid", flat=True) if uid is not None}


def store_mails(
    inbox: Inbox, folder: Folder, mails: Sequence[Fetched], now: datetime, reach: int | None = None
) -> int:
    """Keep mails and how far the folder is read now; gives how many were new to the inbox.

    `reach` is the UID up to which nothing is missing, by default that of the last mail.
    """
    reach = max(mail.uid for mail in mails) if reach is None else reach
    try:
        return _store(inbox, folder, mails, now, reach)
    except (
        IntegrityError
    ):  # another worker has kept one of them just now; it is known the next time
        return _store(inbox, folder, mails, now, reach)


@transaction.atomic
def _store(
    inbox: Inbox, folder: Folder, mails: Sequence[Fetched], now: datetime, reach: int
) -> int:
    advance(folder, reach, now)
    found: dict[str, tuple[InboxItem, bytes]] = {}
    for mail in mails:
        item = _item(inbox, folder, mail, now)
        found.setdefault(item.identity, (item, mail.raw))
    return _keep(inbox, found)


def advance(folder: Folder, reach: int, now: datetime) -> None:
    """Write down how far the folder was read, unless it was read further."""
    Folder.objects.filter(pk=folder.pk, last_uid__lt=reach).update(last_uid=reach, read_at=now)


def _keep(inbox: Inbox, found: dict[str, tuple[InboxItem, bytes]]) -> int:
    known = InboxItem.objects.filter(inbox=inbox, identity__in=found)
    for identity in known.values_list("identity", flat=True):
        del found[identity]
    rows = InboxItem.objects.bulk_create(item for item, _ in found.values())
    RawMail.objects.bulk_create(
        RawMail(item=row, compressed=zlib.compress(found[row.identity][1], FASTEST)) for row in rows
    )
    return len(rows)


def _item(inbox: Inbox, folder: Folder, fetched: Fetched, now: datetime) -> InboxItem:
    mail = parse(fetched.raw)
    return InboxItem(
        inbox=inbox,
        folder=folder.name,
        uidvalidity=folder.uidvalidity,
        uid=fetched.uid,
        identity=identity_of(mail, fetched.raw),
        message_id=storable(mail.message_id or "", 300),
        from_address=storable(mail.from_, 320),
        from_name=storable(mail.from_name, 200),
        subject=storable(mail.subject, 500),
        date=mail.date,
        fetched_at=now,
        size=fetched.size,
        reason=remark(fetched.size, len(fetched.raw)),
    )


def remark(size: int, got: int) -> str:
    """Say what is wrong with the mail itself: only its headers, or fewer bytes than were announced."""
    if size > MAX_MAIL:
        return "Too large: only its headers were fetched."
    return f"The server announced {size} bytes and gave {got}." if got < size else ""
