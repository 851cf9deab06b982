"""What an inbound mail is. The order matters: complaint, bounce, challenge, automatic, person.

Bounces come before automatic answers because half of them carry Auto-Submitted as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from marketing_agent.mail.arf import read_complaint
from marketing_agent.mail.autoreply import is_auto_reply
from marketing_agent.mail.bounce_text import asks_for_proof, is_report, read_recipients
from marketing_agent.mail.dsn import Status, disposition_of, failures, handed_on, read_statuses
from marketing_agent.mail.original import Original, find_original, id_in_body
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient
from marketing_agent.mail.ses import read_notification

__all__ = ["Classified", "Recipient", "classify"]

MAX_CHALLENGE = 3000  # characters of a text in which a challenge says what it wants


@dataclass(frozen=True, slots=True)
class Classified:
    """The verdict on one mail.

    kind: bounce, complaint, auto-reply, delivered, challenge-response or human. Message ids come
    without brackets.
    """

    kind: str
    recipients: tuple[Recipient, ...] = ()
    original_message_id: str | None = None
    feedback_type: str | None = None


def classify(mail: Mail) -> Classified:
    """Tell a bounce, complaint, automatic answer or person apart; never raises."""
    text, original = find_original(mail)
    return (
        _complaint(mail, original)
        or _notified(text)
        or _receipt(mail, text, original)
        or _dsn(mail, text, original)
        or _told_bounce(mail, text, original)
        or _machine(mail, text)
        or Classified("human")
    )


def _complaint(mail: Mail, original: Original | None) -> Classified | None:
    found = read_complaint(mail, original)
    if found is None:
        return None
    return Classified("complaint", found.recipients, _letter(mail, original), found.feedback_type)


def _notified(text: str) -> Classified | None:
    """A mail service that reports as JSON."""
    found = read_notification(text)
    if found is None:
        return None
    return Classified(found.kind, found.recipients, found.message_id, found.feedback_type)


def _receipt(mail: Mail, text: str, original: Original | None) -> Classified | None:
    """Read, or deleted unread (RFC 8098): either way the letter arrived.

    Dovecot's delivery agent refuses a letter in the same dress, so a machine's text is read first.
    """
    disposition = disposition_of(mail)
    if disposition is None or ("automatic" in disposition and is_report(mail, text, original)):
        return None
    return Classified("delivered", (), _letter(mail, original))


def _dsn(mail: Mail, text: str, original: Original | None) -> Classified | None:
    statuses = read_statuses(mail)
    failed = failures(statuses, text)
    if failed and _are_challenges(statuses, text):
        return Classified("challenge-response", (), _letter(mail, original))
    if failed:
        return Classified("bounce", failed, _letter(mail, original))
    return Classified("delivered", (), _letter(mail, original)) if handed_on(statuses) else None


def _are_challenges(statuses: Iterable[Status], text: str) -> bool:
    """Some who ask the sender to prove himself dress it as a failure or a delay."""
    return all(
        asks_for_proof(one.diagnostic)
        or (one.action == "delayed" and asks_for_proof(text[:MAX_CHALLENGE]))
        for one in statuses
    )


def _told_bounce(mail: Mail, text: str, original: Original | None) -> Classified | None:
    if not is_report(mail, text, original):
        return None
    return Classified("bounce", read_recipients(mail, text, original), _letter(mail, original))


def _machine(mail: Mail, text: str) -> Classified | None:
    if is_auto_reply(mail):
        challenge = asks_for_proof(text[:MAX_CHALLENGE])
        return Classified("challenge-response" if challenge else "auto-reply")
    return None


def _letter(mail: Mail, original: Original | None) -> str | None:
    """The Message-ID of the letter: from its copy, else from what the report answers."""
    found = original.message_id if original is not None else None
    answered = mail.in_reply_to or next(iter(mail.references[-1:]), None)
    return found or id_in_body(mail) or answered
