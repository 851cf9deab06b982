"""What an inbound mail is. The order matters: complaint, bounce, challenge, automatic, person.

Bounces come before automatic answers because half of them carry Auto-Submitted as well.
"""

import re
from dataclasses import dataclass

from marketing_agent.mail.arf import read_complaint
from marketing_agent.mail.autoreply import is_auto_reply
from marketing_agent.mail.bounce_text import is_report, read_recipients
from marketing_agent.mail.dsn import failures, handed_on, read_statuses
from marketing_agent.mail.original import Original, find_original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient

__all__ = ["Classified", "Recipient", "classify"]

_CHALLENGE = re.compile(
    r"\bboxbe\b|spam ?arrest|challenge[- ]response|bluebottle|"
    r"verify (?:that )?you(?:r e?-?mail)? .{0,60}(?:human|real person|deliver)|"
    r"(?:click|visit|follow).{0,120}(?:to|and) (?:release|deliver|approve) your (?:message|e?-?mail)|"
    r"confirm .{0,60}(?:deliver|allow|release).{0,40}your (?:message|e?-?mail)",
    re.IGNORECASE,
)


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
        or _dsn(mail, text, original)
        or _told_bounce(mail, text, original)
        or _machine(mail, text)
        or Classified("human")
    )


def _complaint(mail: Mail, original: Original | None) -> Classified | None:
    found = read_complaint(mail, original)
    if found is None:
        return None
    return Classified("complaint", found.recipients, _id(original), found.feedback_type)


def _dsn(mail: Mail, text: str, original: Original | None) -> Classified | None:
    statuses = read_statuses(mail)
    failed = failures(statuses, text)
    if failed:
        return Classified("bounce", failed, _id(original))
    return Classified("delivered", (), _id(original)) if handed_on(statuses) else None


def _told_bounce(mail: Mail, text: str, original: Original | None) -> Classified | None:
    if not is_report(mail, text, original):
        return None
    return Classified("bounce", read_recipients(mail, text, original), _id(original))


def _machine(mail: Mail, text: str) -> Classified | None:
    if is_auto_reply(mail):
        challenge = _CHALLENGE.search(text[:5000]) is not None
        return Classified("challenge-response" if challenge else "auto-reply")
    return None


def _id(original: Original | None) -> str | None:
    return original.message_id if original is not None else None
