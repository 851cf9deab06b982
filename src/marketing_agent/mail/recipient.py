"""One recipient in a report: the address, what happened, and whether that is final."""

import re
from dataclasses import dataclass

from marketing_agent.engine.bounce_rules import classify_failure

MAX_DIAGNOSTIC = 2000  # characters kept of a server's words

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one address; category: hard, soft, block, complaint or unknown.

    `original` is the address that the letter was sent to, where the report names it beside the
    final one (an alias or a forward); empty otherwise.
    """

    recipient: str
    category: str
    status: str | None
    final: bool
    diagnostic: str = ""
    reason: str = ""
    original: str = ""


def judged(address: str, status: str | None, text: str, *, delayed: bool = False) -> Recipient:
    """Classify one recipient's failure; a delay (RFC 3464 §2.3.3) is soft and not final."""
    failure = classify_failure(status, None, text[:MAX_DIAGNOSTIC])
    category = "soft" if delayed else failure.category
    kept = " ".join(text[:MAX_DIAGNOSTIC].split())
    return Recipient(address, category, failure.status, not delayed, kept, failure.reason)


def status_in(value: str) -> str | None:
    """The enhanced status code (RFC 3463) in a Status field that may carry a comment."""
    found = _STATUS.search(value)
    return found[1] if found else None
