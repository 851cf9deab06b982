"""What makes two fetched mails the same: Message-ID, sender and date; or a digest of the bytes."""

import hashlib

from marketing_agent.inbound.storable import storable
from marketing_agent.mail.parse import Mail

LONGEST = 300  # characters; the column


def identity_of(mail: Mail, raw: bytes) -> str:
    """Name a mail so that its copies in other folders, or after a new UIDVALIDITY, are the same.

    A Message-ID alone is not enough: there are programs that give all their mails the same one.
    """
    stated = f"{mail.message_id} {_origin(mail)}"
    if mail.message_id and len(stated) <= LONGEST and storable(stated, LONGEST) == stated:
        return stated
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _origin(mail: Mail) -> str:
    return hashlib.sha256(f"{mail.from_}\n{mail.date}".encode("utf-8", "replace")).hexdigest()[:16]
