"""What a reply wants, by rules: refusals are decided first, so "not interested" is never "interested".

The text must be the person's own words; quotes and signatures are stripped before (mail/strip.py).
The phrases are data: `intents.toml`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from marketing_agent.engine.values import Intent

MAX_TEXT = 20_000
"""Characters that are read: what matters stands at the top of a reply."""

# The order of decision. Whoever refuses and asks something refuses; whoever is away and names a
# colleague is away; whoever names the right person is worth more than "wrong person".
ORDER = (
    Intent.OPT_OUT,
    Intent.NOT_INTERESTED,
    Intent.OUT_OF_OFFICE,
    Intent.REFERRAL,
    Intent.WRONG_PERSON,
    Intent.NOT_NOW,
    Intent.MEETING_REQUEST,
    Intent.INTERESTED,
    Intent.QUESTION,
)
_POSITIVE = (Intent.MEETING_REQUEST, Intent.INTERESTED)
_CERTAIN = 0.95
_FIRM, _MIXED, _WEAK = 0.85, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent, how sure we are (0-1), and the words that it stands on."""

    intent: Intent
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The data, compiled once."""

    intents: dict[Intent, re.Pattern[str]]
    alone: dict[str, Intent]
    negations: re.Pattern[str]
    idioms: re.Pattern[str]
    breaks: re.Pattern[str]


def read_intent(text: str) -> Reading:
    """Read what a person wants from their own words. Never raises; what says nothing known is *unclear*.

    Languages: English, German, French, Spanish, Italian, Dutch, Portuguese. Only the first `MAX_TEXT`
    characters count.
    """
    words = fold(text[:MAX_TEXT])
    alone = _phrases().alone.get(re.sub(r"[\W_]+", " ", words).strip())
    if alone:
        return Reading(alone, _CERTAIN, (words.strip(),))
    found = _collect(words)
    if "?" in words:
        found.setdefault(Intent.QUESTION, []).append("?")
    return _decide(found)


def fold(text: str) -> str:
    """Lower the case, drop accents and curly apostrophes, and fold blanks but not line ends."""
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = unicodedata.normalize("NFKD", straight.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^\S\n]+", " ", bare)


def _collect(words: str) -> dict[Intent, list[str]]:
    found: dict[Intent, list[str]] = {}
    for clause in _clauses(words):
        for intent, evidence in _read_clause(clause):
            found.setdefault(intent, []).append(evidence)
    return found


def _clauses(words: str) -> Iterable[str]:
    """Split into thoughts, so that a "no" denies only what stands beside it."""
    data = _phrases()
    plain = data.idioms.sub(" ", words)
    for sentence in re.split(
        r"[.!?;:\n]+|,(?! ?(?:danke|gracias|grazie|bedankt|obrigad))| - ", plain
    ):
        yield from data.breaks.split(sentence)


def _read_clause(clause: str) -> list[tuple[Intent, str]]:
    hits = {
        intent: match.group(0)
        for intent, pattern in _phrases().intents.items()
        if (match := pattern.search(clause))
    }
    if Intent.NOT_NOW in hits:
        # "Not interested at the moment" leaves the door open; the same clause holds no stronger no.
        hits.pop(Intent.NOT_INTERESTED, None)
    elif _phrases().negations.search(clause):
        hits = _deny(hits, clause)
    return list(hits.items())


def _deny(hits: dict[Intent, str], clause: str) -> dict[Intent, str]:
    """Turn interest beside a negation into refusal, and drop a meeting that is declined."""
    denied = {intent: words for intent, words in hits.items() if intent not in _POSITIVE}
    if Intent.INTERESTED in hits:
        denied.setdefault(Intent.NOT_INTERESTED, clause.strip()[:80])
    return denied


def _decide(found: dict[Intent, list[str]]) -> Reading:
    for intent in ORDER:
        if intent in found:
            return Reading(intent, _confidence(intent, found), tuple(found[intent]))
    return Reading(Intent.UNCLEAR, 0.0)


def _confidence(intent: Intent, found: dict[Intent, list[str]]) -> float:
    if intent is Intent.OPT_OUT:
        return _CERTAIN
    if intent is Intent.QUESTION and found[intent] == ["?"]:
        return _WEAK
    refusal = intent is Intent.NOT_INTERESTED
    contrary = any((other in _POSITIVE) == refusal for other in found if other is not intent)
    return _MIXED if contrary and (refusal or intent not in _POSITIVE) else _FIRM


@cache
def _phrases() -> _Phrases:
    data = tomllib.loads(files(__package__).joinpath("intents.toml").read_text("utf-8"))
    return _Phrases(
        {intent: _any_of(_all_languages(data[intent])) for intent in ORDER},
        {word: Intent(intent) for intent, words in data["alone"].items() for word in words},
        _any_of(data["words"]["negations"]),
        _any_of(data["words"]["idioms"]),
        _any_of(data["words"]["breaks"]),
    )


def _all_languages(by_language: dict[str, list[str]]) -> list[str]:
    return [phrase for phrases in by_language.values() for phrase in phrases]


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Match any phrase as whole words; the longest first, so that the evidence says most."""
    ordered = sorted(set(phrases), key=len, reverse=True)
    stems = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in ordered)
    # A contraction begins inside a word: the n't of "wouldn't".
    return re.compile(rf"(?:(?<!\w)|(?=n't))(?:{stems})(?!\w)")
