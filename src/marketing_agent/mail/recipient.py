"""One recipient of a report, and the verdict on it: hard, soft or block, final or not."""

import re
from dataclasses import dataclass

from marketing_agent.mail.reply_words import judge_words

MAX_DIAGNOSTIC = 2000  # characters kept of a server's words

_STATUS = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?![\w.])")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one address; category: hard, soft, block, complaint or unknown.

    `original` is the address that the letter was sent to, where the report names it beside the
    final one (an alias or a forward); `provider` is google, microsoft, yahoo, … where the server's
    own numbers or sentences give it away. Both are empty otherwise.
    """

    recipient: str
    category: str
    status: str | None
    final: bool
    diagnostic: str = ""
    reason: str = ""
    original: str = ""
    provider: str = ""


def judged(
    address: str, status: str | None, text: str, *, delayed: bool = False, more: str = ""
) -> Recipient:
    """Classify one recipient's failure.

    A delay (RFC 3464 §2.3.3) is never final and never hard; that we are blocked stays said.

    Args:
        address: whom it is about.
        status: of the Status field, where there is one.
        text: the server's words.
        delayed: whether the server still tries.
        more: the report's own words, read when the others say nothing and the status is vague.
    """
    failure = judge_words(status, text)
    if more and not failure.worded and _is_vague(failure.status):
        better = judge_words(status, more)
        failure = better if better.worded or failure.category == "unknown" else failure
    category = "soft" if delayed and failure.category != "block" else failure.category
    kept = " ".join((text.strip() or more)[:MAX_DIAGNOSTIC].split())
    return Recipient(
        address,
        category,
        failure.status,
        not delayed,
        kept,
        failure.reason,
        provider=failure.provider,
    )


def status_in(value: str) -> str | None:
    """The enhanced status code (RFC 3463) in a Status field that may carry a comment."""
    found = _STATUS.search(value)
    return found[1] if found else None


def _is_vague(status: str | None) -> bool:
    """RFC 3463 §3.1: X.0.0 says nothing, and X.Y.0 not what it was."""
    return status is None or status.endswith(".0") or status[1:3] == ".5"
