"""Amazon SES notifications (bounce, complaint, delivery) as JSON, bare or wrapped by SNS.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marketing_agent.mail.recipient import Recipient, judged

MAX_JSON = 200_000  # characters
MAX_RECIPIENTS = 200

_KIND = re.compile(r'\\?"(?:notificationType|eventType)\\?"', re.IGNORECASE)
# A line over 998 characters is cut by "!" and a line break (sendmail) or by a bare one.
_CUT = re.compile(r"!?\n[ \t]?")
_FAILED = ("bounce", "bouncedRecipients")
_ACCUSED = ("complaint", "complainedRecipients")


@dataclass(frozen=True, slots=True)
class Notification:
    """What SES says: kind is bounce, complaint or delivered; the id is that of the letter."""

    kind: str
    recipients: tuple[Recipient, ...]
    message_id: str | None
    feedback_type: str | None = None


def read_notification(text: str) -> Notification | None:
    """Read a notification in a mail's text, or return None when there is none; never raises."""
    if "Type" not in text or not _KIND.search(text[:MAX_JSON]):
        return None
    found = _object(_CUT.sub("", text[:MAX_JSON]))
    inner = found.get("Message")
    if isinstance(inner, str):
        found = _object(inner)
    return _notification(found)


def _object(text: str) -> dict[str, Any]:
    """The first JSON object in a text; an empty one when it cannot be read."""
    start = text.find("{")
    if start < 0:
        return {}
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):  # nested deeper than Python goes: nobody's notification
        return {}
    return found if isinstance(found, dict) else {}


def _notification(found: dict[str, Any]) -> Notification | None:
    kind = _text(found.get("notificationType") or found.get("eventType")).lower()
    letter = _message_id(_dict(found.get("mail")))
    if kind == "bounce":
        return Notification("bounce", tuple(_bounced(found)), letter)
    if kind == "complaint":
        what = _text(_dict(found.get("complaint")).get("complaintFeedbackType")) or "abuse"
        return Notification("complaint", tuple(_accusers(found)), letter, what.lower())
    return Notification("delivered", (), letter) if kind == "delivery" else None


def _bounced(found: dict[str, Any]) -> Iterator[Recipient]:
    bounce = _dict(found.get("bounce"))
    passing = _text(bounce.get("bounceType")).lower() == "transient"
    hint = f"{_text(bounce.get('bounceSubType'))} {_text(bounce.get('bounceType'))}"
    for one in _named(found, _FAILED):
        words = _text(one.get("diagnosticCode")).removeprefix("smtp;").strip()
        status = _text(one.get("status")) or ("4.0.0" if passing else None)
        yield judged(_text(one.get("emailAddress")), status, words, more=_SUBTYPES.get(hint, ""))


def _accusers(found: dict[str, Any]) -> Iterator[Recipient]:
    for one in _named(found, _ACCUSED):
        yield Recipient(_text(one.get("emailAddress")), "complaint", None, final=True)


def _named(found: dict[str, Any], path: tuple[str, str]) -> Iterator[dict[str, Any]]:
    several = _dict(found.get(path[0])).get(path[1])
    for one in several[:MAX_RECIPIENTS] if isinstance(several, list) else ():
        if isinstance(one, dict) and "@" in _text(one.get("emailAddress")):
            yield one


# Bounce types of SES that come without a server's words, as the rules would read them.
_SUBTYPES = {
    "General Permanent": "user unknown",
    "NoEmail Permanent": "user unknown",
    "Suppressed Permanent": "user unknown",
    "OnAccountSuppressionList Permanent": "user unknown",
    "MailboxFull Transient": "mailbox full",
    "MessageTooLarge Transient": "message too large",
    "ContentRejected Transient": "content rejected",
    "AttachmentRejected Transient": "attachment rejected",
}


def _message_id(letter: dict[str, Any]) -> str | None:
    """The Message-ID header where SES kept it, else the one that SES itself gives."""
    several = letter.get("headers")
    for one in several if isinstance(several, list) else ():
        if isinstance(one, dict) and _text(one.get("name")).lower() == "message-id":
            return _text(one.get("value")).strip(" <>") or None
    common = _text(_dict(letter.get("commonHeaders")).get("messageId")).strip(" <>")
    given = _text(letter.get("messageId"))
    return common or (f"{given}@email.amazonses.com" if given else None)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
