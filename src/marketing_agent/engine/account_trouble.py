"""Refusals that are about our own account: login, quota, sender, the right to relay.

They pause the inbox and say nothing about the recipient, at whatever command they come: many relays
check the sender only at RCPT, Exchange only after the letter.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Sign:
    """One kind of account trouble: enhanced codes that name it alone, or words that describe it."""

    reason: str
    statuses: frozenset[str]
    words: re.Pattern[str]


def _sign(reason: str, statuses: str, *words: str) -> _Sign:
    return _Sign(reason, frozenset(statuses.split()), re.compile("|".join(words), re.IGNORECASE))


_LOGIN_CODES = frozenset({530, 534, 535, 538})
"""RFC 4954 section 6: authentication required, too weak, failed, encryption needed."""

_SIGNS = (
    _sign(
        "sending_quota",
        # Google 5.4.5; Microsoft 5.1.90 (recipients a day), 5.7.705 (tenant).
        "5.4.5 5.1.90 5.7.705 4.1.90",
        r"(?:daily|hourly|monthly)[\w ]{0,20}(?:sending|relay|message|recipient|e?-?mail)"
        r"[\w ]{0,12}(?:limit|quota)",
        r"sending (?:limit|quota)|submission quota",
        r"(?:limit|quota) (?:for|of) (?:the )?(?:sender|sending|outgoing)",
        r"(?:sender|outgoing|outbound)[\w ]{0,20}(?:limit|quota)[\w ]{0,8}(?:exceeded|reached)",
        r"exceeded[\w ]{0,40}(?:messages|e?-?mails) (?:per|an|a|in (?:one|an?)) (?:hour|day)",
    ),
    _sign(
        "sender_not_allowed",
        # Microsoft: 5.7.60 no right to send as; 5.7.501-503, 5.7.708, 5.7.750 banned senders.
        "5.7.60 5.7.501 5.7.502 5.7.503 5.7.708 5.7.750",
        r"sendasdenied|send[ -]as (?:this|denied|rights|permission)",
        r"not (?:allowed|permitted|authori[sz]ed) to (?:send as|use (?:this|the) (?:sender|from))",
        r"not owned by (?:the )?(?:auth|user|login)",
        r"sender address rejected: not (?:owned|logged in)",
        r"bad outbound sender|outbound spam",
        r"sender (?:mismatch|does not match (?:the )?(?:login|auth\w*))",
        r"does not have permissions? to send as",
        r"sending (?:from this account )?(?:is|has been) (?:suspended|disabled|blocked)",
    ),
    _sign(
        "login_refused",
        "5.7.57 5.7.8 5.7.11 5.7.14 5.7.139",
        r"(?:authentication|auth|login) (?:is )?(?:required|failed|failure|credentials invalid)",
        r"(?:not|must be|client was not) (?:yet )?(?:be )?authenticated",
        r"must (?:authenticate|log ?in|issue a starttls)|please log in",
        r"username and password not accepted|invalid (?:credentials|login)",
    ),
    _sign(
        "relay_refused",
        "",
        r"relay(?:ing)?(?: access)?(?: is)? (?:denied|not (?:permitted|allowed))",
        r"(?:unable|not permitted|not allowed) to relay|authentication is required for relay",
    ),
)

# Exchange says "authentication required" also of a group that takes no mail from strangers: not our
# login.
_RECIPIENT_SIDE = re.compile(
    r"resolver\.rst|dmarc|spf|dkim|unauthenticated e?-?mail|authentication checks", re.IGNORECASE
)


def account_reason(code: int, status: str | None, text: str) -> str | None:
    """Name the trouble of our own account that a refusal speaks of; None when it does not."""
    if code in _LOGIN_CODES and "message too big" not in text.casefold():
        return "login_refused"
    if _RECIPIENT_SIDE.search(text):
        return None
    return next((sign.reason for sign in _SIGNS if _shows(sign, status, text)), None)


def _shows(sign: _Sign, status: str | None, text: str) -> bool:
    return status in sign.statuses or sign.words.search(text[:2000]) is not None
