"""What makes two fetched mails the same: the Message-ID, or a digest where there is none to trust."""

import hashlib

from marketing_agent.inbound.storable import storable
from marketing_agent.mail.parse import Mail

LONGEST = 300  # characters; the column


def identity_of(mail: Mail, raw: bytes) -> str:
    """Name a mail so that its copies in other folders, or after a new UIDVALIDITY, are the same."""
    stated = mail.message_id or ""
    if stated and len(stated) <= LONGEST and storable(stated, LONGEST) == stated:
        return stated
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
