"""What a refusal means, read from its enhanced code, its reply code and its words.

The knowledge is data: `bounce_rules.toml`, an ordered list in which the first rule that fits
decides. It serves both the live SMTP reply (`engine.smtp_outcome`) and the words of a delivery
status notification.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Category = Literal["hard", "soft", "block", "unknown"]

MAX_TEXT = 4000
"""Characters that are read; a reply line has 512 at most (RFC 5321 4.5.3.1.5)."""

# RFC 3463 section 2. Neither part of an IP address or version, nor with a subject that nobody has
# defined.
_STATUS = re.compile(r"(?<![\d.\w])([245])\.([0-7])\.(\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(
    r"(?:^|[\r\n]|said:|responded:|response:|reply:|error:|rejected:|reason:|<<<|\"|'|\[|\()\s*"
    r"([45][0-7]\d)(?=[ \t-]|$)"
    r"(?![ \t]*(?:ms|msec|s|sec|seconds?|minutes?|hours?|days?|[kmg]i?b|bytes?|%"
    r"|messages|e?-?mails|letters)\b)",
    re.IGNORECASE,
)
# A reply over several lines repeats its codes in the middle of a sentence.
_REPEATED = re.compile(r"\b[45]\d\d[- ]#?(?:[45]\.\d{1,3}\.\d{1,3}\b)?")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a refusal means, why we think so, and the enhanced code it stands on."""

    category: Category
    reason: str
    status: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the data; an empty condition always fits."""

    category: Category
    reason: str
    why: str
    statuses: tuple[str, ...]
    codes: frozenset[int]
    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def fits(self, status: str, code: int | None, words: str) -> bool:
        """Say whether every condition of the rule fits."""
        return (
            self._fits_status(status)
            and (not self.codes or code in self.codes)
            and (not self.phrases or any(phrase in words for phrase in self.phrases))
            and (not self.patterns or any(pattern.search(words) for pattern in self.patterns))
        )

    def _fits_status(self, status: str) -> bool:
        return not self.statuses or any(_status_fits(status, wanted) for wanted in self.statuses)


def classify_failure(status: str | None, code: int | None, text: str) -> Failure:
    """Say what a refusal means for the address. Never raises.

    Args:
        status: the enhanced code (RFC 3463) where one is known; else it is looked for in the text.
        code: the SMTP reply code where one is known; else it is looked for at the start of a reply,
            never in prose ("after 500 ms").
        text: the server's words, or the part of a report that speaks of this recipient.
    """
    text = text[:MAX_TEXT]
    code = code if code is not None else find_code(text)
    known = _better_status(clean_status(status), find_status(text, code))
    words = _fold(text)
    for rule in rules():
        if rule.fits(known or "", code, words):
            return Failure(rule.category, rule.reason, known)
    return Failure("unknown", "unrecognised", known)


def find_status(text: str, code: int | None = None) -> str | None:
    """Give the enhanced code in a text; with a reply code, one of its class (RFC 2034 section 4)."""
    found = [match.group(0) for match in _STATUS.finditer(text[:MAX_TEXT])]
    fitting = [status for status in found if code is None or status[0] == str(code)[0]]
    # "5.0.0" says nothing; a later, telling number wins (a relay wraps the last server's reply).
    return next((status for status in fitting if not _is_vague(status)), next(iter(fitting), None))


def find_code(text: str) -> int | None:
    """Give the SMTP reply code that stands where a reply begins; numbers in prose are none."""
    match = _REPLY.search(text[:MAX_TEXT])
    return int(match.group(1)) if match else None


def clean_status(status: str | None) -> str | None:
    """Give the bare `5.1.1` of a Status field, which may carry a comment (RFC 3464 2.3.4)."""
    match = _STATUS.search(status or "")
    return match.group(0) if match else None


@cache
def rules() -> tuple[Rule, ...]:
    """Read the data once."""
    text = files(__package__).joinpath("bounce_rules.toml").read_text("utf-8")
    return tuple(_rule(entry) for entry in tomllib.loads(text)["rule"])


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        entry["category"],
        entry["reason"],
        entry["why"],
        tuple(entry.get("status", ())),
        frozenset(entry.get("code", ())),
        tuple(entry.get("any", ())),
        tuple(re.compile(pattern) for pattern in entry.get("match", ())),
    )


def _better_status(given: str | None, found: str | None) -> str | None:
    if given is None or (_is_vague(given) and found is not None and found[0] == given[0]):
        return found
    return given


def _is_vague(status: str) -> bool:
    return status.endswith(".0.0")


def _status_fits(status: str, wanted: str) -> bool:
    return status.startswith(wanted) if wanted.endswith(".") else status == wanted


def _fold(text: str) -> str:
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _BLANKS.sub(" ", _REPEATED.sub(" ", plain)).casefold()
