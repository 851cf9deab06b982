"""Keeping fetched mail: the raw bytes, what lists show of it, and how far the folder was read."""

import zlib
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from marketing_agent.inbound.identity import identity_of
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.storable import storable
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.mail.imap import Fetched
from marketing_agent.mail.parse import parse

FASTEST = 1  # zlib's level: mail compresses well enough, and reading must keep up


@transaction.atomic
def turn_to(
    inbox: Inbox,
    name: str,
    role: str,
    uidvalidity: int,
    start: Callable[[Folder | None], int],
    now: datetime,
) -> Folder:
    """Give the record of a folder; one that is new, or renumbered, begins at `start`.

    A changed UIDVALIDITY makes every remembered UID void (RFC 3501 section 2.3.1.1).
    """
    known = Folder.objects.filter(inbox=inbox, name=name[:500]).first()
    if known is not None and known.uidvalidity == uidvalidity:
        return known
    folder, _ = Folder.objects.update_or_create(
        inbox=inbox,
        name=name[:500],
        defaults={
            "role": role,
            "uidvalidity": uidvalidity,
            "last_uid": start(known),
            "read_at": now,
        },
    )
    return folder


@transaction.atomic
def store_mails(inbox: Inbox, folder: Folder, mails: Sequence[Fetched], now: datetime) -> int:
    """Keep mails and how far the folder is read now; gives how many were new to the inbox."""
    last = max(mail.uid for mail in mails)
    Folder.objects.filter(pk=folder.pk, last_uid__lt=last).update(last_uid=last, read_at=now)
    found: dict[str, tuple[InboxItem, bytes]] = {}
    for mail in mails:
        item = _item(inbox, folder, mail, now)
        found.setdefault(item.identity, (item, mail.raw))
    return _keep(inbox, found)


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
        reason="" if fetched.complete else "Too large: only its headers were fetched.",
    )
