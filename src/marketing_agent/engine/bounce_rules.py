"""What a refusal means, read from its enhanced code, its reply code and its words.

The knowledge is data: `bounce_rules.toml`, an ordered list in which the first rule that fits
decides, and `bounce_words.toml`, the words of many languages. It serves both the live SMTP reply
(`engine.smtp_outcome`) and the words of a delivery status notification.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from marketing_agent.engine.phrases import MAX_TEXT, Phrasebook, words_of

Category = Literal["hard", "soft", "block", "unknown"]

# RFC 3463 section 2. Neither part of an IP address or version, nor with a subject that nobody has
# defined.
_STATUS = re.compile(r"(?<![\d.\w])[245]\.[0-7]\.\d{1,3}(?![\d]|\.\d)")
_CODE = re.compile(
    r"(?<![\d.])[45][0-7]\d(?=[\s-]|\Z)"
    r"(?![ \t]{0,8}(?:ms|msec|s|sec|seconds?|minutes?|hours?|days?|[kmg]i?b|bytes?|%"
    r"|messages|e?-?mails|letters)\b)",
    re.IGNORECASE,
)
_LEADS = (
    *("said:", "responded:", "response:", "reply:", "error:", "rejected:", "reason:"),
    *("<<<", '"', "'", "[", "("),
)
_LEAD = 24  # characters before a code in which a lead and the blanks behind it stand


@dataclass(frozen=True, slots=True)
class Failure:
    """What a refusal means, why we think so, the enhanced code it stands on, and who spoke.

    `reason` is one of the table `[reasons]` of the data; `provider` is google, microsoft, yahoo, …
    where a rule knows the provider by its own numbers or sentences, else empty; `worded` says that
    words decided and not numbers alone.
    """

    category: Category
    reason: str
    status: str | None
    provider: str = ""
    worded: bool = False

    @property
    def name(self) -> str:
        """The reason, of a provider's block with the provider's name, such as google_rate."""
        named = self.category == "block" and self.provider
        return f"{self.provider}_{self.reason}" if named else self.reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the data; an empty condition always fits."""

    category: Category
    reason: str
    why: str
    provider: str
    statuses: tuple[str, ...]
    codes: frozenset[int]
    phrases: tuple[str, ...]
    unless: tuple[str, ...]

    def fits_codes(self, status: str, code: int | None) -> bool:
        """Say whether the conditions on the numbers fit."""
        if self.codes and code not in self.codes:
            return False
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
    number = _fitting(known or "", code, _told(text))
    if number is None:
        return Failure("unknown", "unrecognised", known)
    rule = rules()[number]
    return Failure(rule.category, rule.reason, known, rule.provider, bool(rule.phrases))


def find_status(text: str, code: int | None = None) -> str | None:
    """Give the enhanced code in a text; with a reply code, one of its class (RFC 2034 section 4)."""
    found = _STATUS.findall(text[:MAX_TEXT])
    fitting = [status for status in found if code is None or status[0] == str(code)[0]]
    # "5.0.0" says nothing; a later, telling number wins (a relay wraps the last server's reply).
    return next((status for status in fitting if not _is_vague(status)), next(iter(fitting), None))


def find_code(text: str) -> int | None:
    """Give the SMTP reply code that stands where a reply begins; numbers in prose are none."""
    text = text[:MAX_TEXT]
    places = (one.start() for one in _CODE.finditer(text))
    return next((int(text[one : one + 3]) for one in places if _begins_reply(text, one)), None)


def _begins_reply(text: str, place: int) -> bool:
    """Whether a code stands at the start of a line or behind a word that announces a reply."""
    before = text[max(0, place - _LEAD) : place]
    lead = before.rstrip()
    if not lead:
        return place <= _LEAD
    blanks = before[len(lead) :]
    return "\n" in blanks or "\r" in blanks or lead.lower().endswith(_LEADS)


def clean_status(status: str | None) -> str | None:
    """Give the bare `5.1.1` of a Status field, which may carry a comment (RFC 3464 2.3.4)."""
    match = _STATUS.search(status or "")
    return match.group(0) if match else None


@cache
def rules() -> tuple[Rule, ...]:
    """Read the data once."""
    return tuple(_rule(entry) for entry in _data("bounce_rules.toml")["rule"])


@cache
def reasons() -> dict[str, str]:
    """Every reason that a rule may give, with its meaning in one sentence."""
    return dict(_data("bounce_rules.toml")["reasons"])


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """The classes that phrases name in angle brackets, for other books of phrases too."""
    return {name: tuple(one["members"]) for name, one in _data("bounce_words.toml").items()}


def _fitting(status: str, code: int | None, told: set[int]) -> int | None:
    """The first rule that fits; `told` holds 2n where a phrase of rule n stands, 2n+1 an `unless`."""
    bare = _fitting_codes(status, code)
    for number in sorted(key // 2 for key in told if not key % 2):
        if bare is not None and bare < number:
            break
        if 2 * number + 1 not in told and rules()[number].fits_codes(status, code):
            return number
    return _unless_told(bare, status, code, told)


def _unless_told(bare: int | None, status: str, code: int | None, told: set[int]) -> int | None:
    """A rule by numbers alone may be forbidden by words; then the next of its kind, if any."""
    while bare is not None and 2 * bare + 1 in told:
        bare = next((one for one in _by_codes(status, code) if one > bare), None)
    return bare


@lru_cache(maxsize=4096)
def _fitting_codes(status: str, code: int | None) -> int | None:
    """The first rule without phrases that fits the numbers."""
    return next(_by_codes(status, code), None)


def _by_codes(status: str, code: int | None) -> Iterator[int]:
    return (
        number
        for number, rule in enumerate(rules())
        if not rule.phrases and rule.fits_codes(status, code)
    )


def _told(text: str) -> set[int]:
    return _book().keys_in(words_of(text)) if text else set()


@cache
def _book() -> Phrasebook:
    pairs = [
        (2 * number + odd, phrase)
        for number, rule in enumerate(rules())
        for odd, phrases in enumerate((rule.phrases, rule.unless))
        for phrase in phrases
    ]
    return Phrasebook(pairs, word_classes())


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        entry["category"],
        entry["reason"],
        entry["why"],
        entry.get("provider", ""),
        tuple(entry.get("status", ())),
        frozenset(entry.get("code", ())),
        tuple(entry.get("any", ())),
        tuple(entry.get("unless", ())),
    )


def _better_status(given: str | None, found: str | None) -> str | None:
    if given is None or (_is_vague(given) and found is not None and found[0] == given[0]):
        return found
    return given


def _is_vague(status: str) -> bool:
    return status.endswith(".0.0")


def _status_fits(status: str, wanted: str) -> bool:
    """An exact code, a prefix that ends in a dot, or a range of the last number."""
    if wanted.endswith("."):
        return status.startswith(wanted)
    first, dash, last = wanted.partition("-")
    if not dash:
        return status == wanted
    subject, _, detail = first.rpartition(".")
    given, _, number = status.rpartition(".")
    return given == subject and int(detail) <= int(number) <= int(last)
