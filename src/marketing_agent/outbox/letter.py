"""From a row of the outbox to the letter that SMTP carries."""

from datetime import datetime
from urllib.parse import quote

from marketing_agent.engine.values import EmailKind
from marketing_agent.mail.compose import Letter
from marketing_agent.outbox.models import Email


def letter_of(email: Email, now: datetime) -> Letter:
    """Build the letter; threading headers, reply address and the way out are added here.

    The footer with identity, postal address and opt-out line is part of the body already.
    """
    inbox = email.inbox
    return Letter(
        message_id=email.message_id,
        from_address=inbox.address,
        from_name=inbox.display_name,
        to_address=email.to_address,
        subject=email.subject,
        body_text=email.body,
        date=now,
        in_reply_to=email.in_reply_to or None,
        references=tuple(email.references.split()),
        list_unsubscribe_mailto=_way_out(email),
        reply_to=tagged(inbox.address, email.public_id) if inbox.plus_tag else None,
    )


def _way_out(email: Email) -> str | None:
    """An answer that a person approved is no bulk mail, and does not look like it."""
    if email.kind == EmailKind.ANSWER:
        return None
    return unsubscribe_link(email.inbox.address, email.public_id)


def return_path(email: Email) -> str:
    """Give the envelope's sender, to which bounces come: tagged where the inbox has plus tags."""
    address = email.inbox.address
    return tagged(address, email.public_id) if email.inbox.plus_tag else address


def tagged(address: str, mark: str) -> str:
    """Add a plus tag that names the letter, so that any answer can be tied to it (VERP style)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{mark}@{domain}"


def unsubscribe_link(address: str, mark: str) -> str:
    """Give the mailto of List-Unsubscribe (RFC 2369); its subject names the letter."""
    return f"{address}?subject={quote(f'unsubscribe {mark}')}"
