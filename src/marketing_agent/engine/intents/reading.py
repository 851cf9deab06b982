"""The reading of a reply: the intent that its words speak for most, decided in a fixed order."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from marketing_agent.engine.dates import back_on, wanted_from
from marketing_agent.engine.intents.contact import Contact, find_contact
from marketing_agent.engine.intents.decide import decide
from marketing_agent.engine.intents.elsewhere import read_elsewhere
from marketing_agent.engine.intents.heard import Heard
from marketing_agent.engine.intents.languages import spoken_languages
from marketing_agent.engine.intents.lexicon import Match, lexicon
from marketing_agent.engine.intents.rules import Finding, Strength, apply_rules
from marketing_agent.engine.intents.text import HEAD, TAIL, Words, fold, read_words
from marketing_agent.engine.values import Intent

ORDER = (
    Intent.OPT_OUT,
    Intent.OUT_OF_OFFICE,
    Intent.NOT_NOW,
    Intent.NOT_INTERESTED,
    Intent.REFERRAL,
    Intent.WRONG_PERSON,
    Intent.MEETING_REQUEST,
    Intent.INTERESTED,
    Intent.QUESTION,
)
"""The order of decision, as decide.py takes it; negatives come before positives."""

_NAMING = frozenset({Intent.REFERRAL, Intent.WRONG_PERSON, Intent.OUT_OF_OFFICE})

_FOREIGN, _SHORT = 0.3, 12
"""With a smaller share of small words of our languages, or so few words, a text may be in another one."""

_MOST_ALONE = 20
"""Short answers of one text that are looked at."""

_DENYING = frozenset({"no", "not_interested", "not_now", "alone_not_interested"})
"""Classes whose words count for nothing within a figure of speech."""

_SUBJECT = re.compile(
    r"^(?:\s*(?:re|aw|sv|antw|rif|r|res|ref|fwd?|wg|tr|rv|i|enc|betr)\s*:)+\s*", re.IGNORECASE
)
_DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message)[^\n]{0,60}(?:confidential|intended)|diese e-?mail[^\n]{0,60}vertraulich"
    r"|ce (?:message|courriel)[^\n]{0,80}confidentiel|este (?:mensaje|correo)[^\n]{0,80}confidencial"
    r"|(?:questo messaggio|questa e-?mail)[^\n]{0,80}riservat|dit bericht[^\n]{0,60}vertrouwelijk"
    r"|esta mensagem[^\n]{0,80}confidencial)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply wants.

    Attributes:
        intent: what it wants.
        confidence: how sure we are (0-1).
        evidence: the words that it stands on.
        until: for an absence the first day on which writing makes sense again, for a reply that puts us
            off the first day of the time it names; see engine/dates/returning.py.
        contact: whom it names instead of its writer, or for an absence as the substitute.
    """

    intent: Intent
    confidence: float
    evidence: tuple[str, ...] = ()
    until: date | None = None
    contact: Contact | None = None


def read_intent(
    text: str,
    *,
    subject: str = "",
    today: date | None = None,
    automatic: bool = False,
    own: frozenset[str] = frozenset(),
    writer: str = "",
) -> Reading:
    """Read what a person wants from their own words. Never raises; what says nothing known is *unclear*.

    Args:
        text: the person's own words; of a long one `HEAD` characters at its beginning and `TAIL` at its end.
        subject: the mail's subject; it decides alone when it asks for silence, or when there is no text.
        today: the day on which the mail was written; without it only full dates are read.
        automatic: whether a machine answers; it never agrees to anything, whatever its words.
        own: addresses that are no other person's: ours, and the writer's.
        writer: the writer's display name, which is no contact.
    """
    title = fold(_SUBJECT.sub("", subject[:300]))
    text = _ends_of(text)
    words = fold(text)
    disclaimer = _DISCLAIMER.search(words)
    if disclaimer and disclaimer.start() > 0:
        words = words[: disclaimer.start()]
    heard = _hear(words.strip() or title, title, automatic=automatic)
    contact = find_contact(text, own, writer) if _may_name(heard) else None
    verdict = decide(heard, contact)
    return Reading(
        verdict.intent,
        verdict.confidence,
        verdict.evidence,
        _until(verdict.intent, words, today),
        contact if verdict.intent in (Intent.REFERRAL, Intent.OUT_OF_OFFICE) else None,
    )


def _ends_of(text: str) -> str:
    """What a person wants stands at the top or at the bottom; the rest of a long mail is its matter."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def _may_name(heard: Heard) -> bool:
    """Whether the text says anything for which somebody else's name matters."""
    return heard.title is Intent.OUT_OF_OFFICE or any(
        one.intent in _NAMING for one in heard.findings
    )


def _until(intent: Intent, words: str, today: date | None) -> date | None:
    if intent is Intent.OUT_OF_OFFICE:
        return back_on(words, today)
    return wanted_from(words, today) if intent is Intent.NOT_NOW else None


def _hear(words: str, title: str, *, automatic: bool) -> Heard:
    text = read_words(words)
    matches = _sensible(text, lexicon().find(text))
    found = apply_rules(text, matches)
    elsewhere = read_elsewhere(words) if _may_be_foreign(text, words) else []
    return Heard(
        text,
        (*found.findings, *_alone(text, matches), *elsewhere),
        found.denied,
        tuple(matches),
        _title_says(title),
        automatic,
    )


def _may_be_foreign(text: Words, words: str) -> bool:
    if len(text.words) <= _SHORT:
        return True
    known = lexicon().function_words
    small = sum(word in known for word in text.words)
    return small <= len(text.words) * _FOREIGN or max(words, default="") > "\u0370"


@lru_cache(maxsize=5_000)
def _title_says(title: str) -> Intent | None:
    """Whether the subject alone asks for silence, or tells of an absence."""
    text = read_words(title)
    matches = lexicon().find(text)
    names = {match.name for match in matches}
    whole = any(
        match.name in ("alone_opt_out", "opt_out")
        and match.start == 0
        and match.end == len(text.words)
        for match in matches
    )
    if whole:
        return Intent.OPT_OUT
    if "out_of_office" in names:
        return Intent.OUT_OF_OFFICE
    return next((each.intent for each in read_elsewhere(title)), None)


def _sensible(text: Words, matches: list[Match]) -> list[Match]:
    """Leave out the words of languages that the text is not in, and negations that deny nothing."""
    spoken = spoken_languages(text, matches)
    own = [match for match in matches if match.languages & spoken[text.sentences[match.start]]]
    reach = _idioms_reach(text, own)
    return [match for match in own if match.name not in _DENYING or match.end > reach[match.start]]


def _idioms_reach(text: Words, matches: list[Match]) -> list[int]:
    """Give for each word how far the figure of speech goes that it stands in."""
    reach = [0] * (len(text.words) + 1)
    for match in matches:
        if match.name == "idiom":
            for place in range(match.start, match.end):
                reach[place] = max(reach[place], match.end)
    return reach


def _alone(text: Words, matches: list[Match]) -> list[Finding]:
    """Find sentences, or a whole reply, that consist of nothing but one short answer and courtesies."""
    courtesy = [False] * len(text.words)
    for match in matches:
        if match.name in ("filler", "closing"):
            courtesy[match.start : match.end] = [True] * (match.end - match.start)
    found = []
    alone = [match for match in matches if match.name.startswith("alone_")]
    for match in alone[:_MOST_ALONE]:
        intent = Intent(match.name.removeprefix("alone_"))
        if _stands_alone(text, match, courtesy, whole=intent is Intent.INTERESTED):
            words = " ".join(text.words[match.start : match.end])
            found.append(Finding(intent, Strength.FIRM, match.start, match.end, words))
    return found


def _stands_alone(text: Words, match: Match, courtesy: list[bool], *, whole: bool) -> bool:
    """Whether all other words of the clause, or of the reply but a name at its end, are courtesies."""
    if whole:
        strange = [
            place
            for place in range(len(text.words))
            if not (match.start <= place < match.end) and not courtesy[place]
        ]
        near = [p for p in strange if text.sentences[p] == text.sentences[match.start]]
        return not near and len(strange) <= 3  # noqa: PLR2004  a name, perhaps with a title
    sentence = text.sentences[match.start]
    return all(
        match.start <= place < match.end or courtesy[place]
        for place, number in enumerate(text.sentences)
        if number == sentence
    )
