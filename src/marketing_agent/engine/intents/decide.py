"""The order of decision: silence first, then absence, refusal and other persons; a yes comes last.

Nothing that agrees is taken for it while something in the text refuses, mocks or regrets.
"""

from collections.abc import Iterable

from marketing_agent.engine.intents.contact import Contact
from marketing_agent.engine.intents.heard import Heard, Verdict
from marketing_agent.engine.intents.rules import POSITIVE, Finding, Strength
from marketing_agent.engine.values import Intent

_CURT = 14
"""Words of a reply so short that a later time in it can only mean "then"."""

_TIMES = ("weekday", "clock", "when")

_CONTRARY = ("irony", "regret", "spam")
"""Classes beside whose words no yes is meant."""

_LONG = 25
"""Words of a text in which one allusion beside much else decides nothing."""

_FULL = 40
"""Words of a text whose one agreeing phrase may as well be part of a story."""

_MANY = 3
"""Questions beside which one wish is only polite."""

CERTAIN, FIRM, MIXED, WEAK = 0.95, 0.85, 0.6, 0.5


def decide(heard: Heard, contact: Contact | None) -> Verdict:
    """Decide between everything that was heard: what is said in so many words goes before allusions."""
    if heard.automatic:
        return _machine(heard, contact)
    verdict = _weigh(heard, contact)
    return Verdict(Intent.UNCLEAR, 0.0) if _is_doubtful(heard, verdict) else verdict


def _weigh(heard: Heard, contact: Contact | None) -> Verdict:
    return (
        _silence(heard)
        or _change_of_mind(heard)
        or _absence(heard)
        or _passed_on(heard, contact)
        or _refusal(heard, Strength.FIRM)
        or _somebody_else(heard, contact)
        or _refusal(heard, Strength.SOFT)
        or _annoyed(heard)
        or _yes(heard)
        or _question(heard)
        or _leftover(heard, contact)
        or Verdict(Intent.UNCLEAR, 0.0)
    )


def _is_doubtful(heard: Heard, verdict: Verdict) -> bool:
    """Whether a long text says little for its reading, or as much for a yes as for a no."""
    if len(heard.text.words) <= _LONG or verdict.intent in (Intent.OPT_OUT, Intent.REFERRAL):
        return False
    if verdict.confidence <= WEAK:
        return True
    agreeing_words = {one.words for one in heard.findings if one.intent in POSITIVE}
    if verdict.intent in POSITIVE and len(agreeing_words) == 1 and len(heard.text.words) > _FULL:
        return True  # who agrees at length says it more than once
    own = {heard.text.sentences[one.start] for one in heard.of(verdict.intent, Strength.FIRM)}
    if verdict.confidence < FIRM and not own:
        return verdict.intent in (Intent.NOT_NOW, Intent.MEETING_REQUEST, Intent.QUESTION)
    agreeing = {heard.text.sentences[one.start] for one in _firm_yes(heard)} - own
    torn = verdict.intent not in POSITIVE and not any(map(heard.has, _CONTRARY))
    return torn and len(own) == 1 and bool(agreeing) and not heard.has("but")


def _firm_yes(heard: Heard) -> list[Finding]:
    return [
        one for one in heard.findings if one.intent in POSITIVE and one.strength is Strength.FIRM
    ]


def _machine(heard: Heard, contact: Contact | None) -> Verdict:
    """A machine is away, says who is gone, or says nothing that counts."""
    away = heard.of(Intent.OUT_OF_OFFICE)
    gone = heard.of(Intent.WRONG_PERSON, Strength.FIRM)
    if heard.of(Intent.OPT_OUT, Strength.FIRM) and not away and not gone:
        return _verdict(Intent.OPT_OUT, CERTAIN, heard.of(Intent.OPT_OUT))
    if gone and len(gone) >= len(away):
        intent = Intent.REFERRAL if contact and contact.address else Intent.WRONG_PERSON
        return _verdict(intent, FIRM, gone)
    if away or heard.title is Intent.OUT_OF_OFFICE:
        return _verdict(Intent.OUT_OF_OFFICE, FIRM if away else MIXED, away)
    if heard.of(Intent.REFERRAL, Strength.FIRM):
        return _verdict(Intent.REFERRAL, MIXED, heard.of(Intent.REFERRAL))
    return Verdict(Intent.UNCLEAR, 0.0)


def _silence(heard: Heard) -> Verdict | None:
    found = heard.of(Intent.OPT_OUT, Strength.FIRM)
    if heard.title is Intent.OPT_OUT or found:
        return _verdict(Intent.OPT_OUT, CERTAIN, found)
    return None


def _annoyed(heard: Heard) -> Verdict | None:
    """Take scolding for a wish for silence, where nothing else is said."""
    found = heard.of(Intent.OPT_OUT)
    return None if _firm_yes(heard) or not found else _verdict(Intent.OPT_OUT, MIXED, found)


def _change_of_mind(heard: Heard) -> Verdict | None:
    """Take a firm step behind a "but" for a yes: "not convinced, but show me on Monday".

    Praise alone is no step: "no need, but it sounds good" stays a no.
    """
    against = (Intent.NOT_INTERESTED, Intent.NOT_NOW, Intent.OUT_OF_OFFICE)
    no = max(
        (one.end for one in heard.findings if one.intent in against and one.strength > 1), default=0
    )
    turn = next((m.start for m in heard.matches if m.name == "but" and m.start >= no), None)
    if not no or turn is None:
        return None
    behind = [one for one in heard.matches if one.start >= turn]
    if any(one.name in (*_CONTRARY, "later", "we_contact", "responsible") for one in behind):
        return None
    steps = {one.intent: one for one in _firm_yes(heard) if one.start >= turn}
    for intent, words in ((Intent.MEETING_REQUEST, _TIMES), (Intent.INTERESTED, ("info",))):
        if intent in steps and any(one.name in words for one in behind):
            return _verdict(intent, MIXED, [steps[intent]])
    return None


def _absence(heard: Heard) -> Verdict | None:
    found = heard.of(Intent.OUT_OF_OFFICE, Strength.FIRM)
    others = heard.of(Intent.NOT_NOW, Strength.FIRM) + heard.of(
        Intent.MEETING_REQUEST, Strength.FIRM
    )
    gone = heard.of(Intent.WRONG_PERSON, Strength.FIRM)
    if heard.title is Intent.OUT_OF_OFFICE and not gone:
        return _verdict(Intent.OUT_OF_OFFICE, FIRM, found)
    if heard.of(Intent.NOT_INTERESTED, Strength.FIRM):
        return None  # who is away and refuses has refused
    if found and len(found) > len(others) and not gone:
        return _verdict(Intent.OUT_OF_OFFICE, FIRM if len(found) > 1 else MIXED, found)
    return None


def _refusal(heard: Heard, least: Strength) -> Verdict | None:
    """Tell a no from a not now: whoever names a later time leaves the door open."""
    later, no = heard.of(Intent.NOT_NOW, least), heard.of(Intent.NOT_INTERESTED, least)
    no = [
        one
        for one in no
        if not any(other.start <= one.start and one.end <= other.end for other in later)
    ]
    if heard.of(Intent.WRONG_PERSON, Strength.FIRM) and not (later and no):
        return None
    contrary = any(one.intent in POSITIVE for one in heard.findings)
    if _names_an_hour(heard) and not no:
        return None
    if later and (len(later) >= len(no) or heard.has("recontact")):
        return _verdict(Intent.NOT_NOW, FIRM if least is Strength.FIRM else MIXED, later)
    if no:
        sure = least is Strength.FIRM and not contrary
        return _verdict(Intent.NOT_INTERESTED, FIRM if sure else MIXED, no)
    return None


def _names_an_hour(heard: Heard) -> bool:
    """Whether a talk is proposed for a day of these days; "later" then means that day."""
    soon = heard.has("clock") or heard.has("weekday")
    return soon and not heard.has("month") and bool(heard.of(Intent.MEETING_REQUEST, Strength.FIRM))


def _passed_on(heard: Heard, contact: Contact | None) -> Verdict | None:
    """Take an address that we are told to write to for a referral, though the writer wants nothing."""
    firm = heard.of(Intent.REFERRAL, Strength.FIRM)
    if contact is None or contact.address is None or not firm or heard.of(Intent.MEETING_REQUEST):
        return None
    return _verdict(Intent.REFERRAL, FIRM, firm)


def _somebody_else(heard: Heard, contact: Contact | None) -> Verdict | None:
    other = heard.of(Intent.REFERRAL)
    firm = heard.of(Intent.REFERRAL, Strength.FIRM)
    wrong = heard.of(Intent.WRONG_PERSON)
    positive = _firm_yes(heard)
    if _speaks_for_itself(heard, contact, firm):
        return None
    if contact is not None and (firm or (contact.address and wrong) or (other and not positive)):
        return _verdict(Intent.REFERRAL, FIRM, [*other, *wrong])
    if firm and not wrong and not positive and not heard.text.asked:
        return _verdict(Intent.REFERRAL, MIXED, other)
    if len(firm) > len(wrong) > 0:
        return _verdict(Intent.REFERRAL, MIXED, firm)
    if wrong and len(wrong) > len(positive):
        return _verdict(Intent.WRONG_PERSON, FIRM, wrong)
    return (
        _verdict(Intent.REFERRAL, MIXED, other)
        if other and not positive and not heard.text.asked
        else None
    )


def _speaks_for_itself(heard: Heard, contact: Contact | None, firm: list[Finding]) -> bool:
    """Whether a person is only mentioned: beside a day for a talk, or within a question."""
    if len(heard.of(Intent.MEETING_REQUEST, Strength.FIRM)) > max(1, len(firm)):
        return heard.has("weekday") or heard.has("clock")
    asks = bool(heard.of(Intent.QUESTION, Strength.FIRM)) and bool(heard.text.asked)
    return asks and not (contact and contact.address) and not heard.of(Intent.WRONG_PERSON)


def _yes(heard: Heard) -> Verdict | None:
    meeting, interested = heard.of(Intent.MEETING_REQUEST), heard.of(Intent.INTERESTED)
    found = [*meeting, *interested]
    if not found:
        return None
    if _is_taken_back(heard, found) and not _keeps_the_day(heard, meeting):
        return None if heard.text.asked else _verdict(Intent.NOT_INTERESTED, WEAK, found)
    if any(heard.has(name) for name in _CONTRARY) or _is_about_removal(heard, found):
        return None
    firm_meeting = [one for one in meeting if one.strength is Strength.FIRM]
    firm_interest = [one for one in interested if one.strength is Strength.FIRM]
    asked = heard.of(Intent.QUESTION, Strength.FIRM)
    is_long = len(heard.text.words) > _LONG
    if is_long and not meeting and len(interested) == 1 and len(asked) >= _MANY:
        return None  # "I should also like to know who owns you" among questions is one more of them
    if firm_meeting or (meeting and not firm_interest):
        return _verdict(Intent.MEETING_REQUEST, FIRM if firm_meeting else MIXED, meeting)
    return _verdict(Intent.INTERESTED, FIRM if firm_interest else MIXED, interested)


def _is_about_removal(heard: Heard, found: Iterable[Finding]) -> bool:
    """Whether deleting is spoken of in the same breath or later: "I delete these; yours I read" is a yes."""
    sentences = heard.text.sentences
    first = min(sentences[one.start] for one in found)
    return any(
        match.name in ("removing", "listing") and sentences[match.start] >= first
        for match in heard.matches
    )


def _keeps_the_day(heard: Heard, meeting: Iterable[Finding]) -> bool:
    """Whether a "but" behind a talk at a named hour only says more of it."""
    last = max((one.end for one in meeting if one.strength is Strength.FIRM), default=0)
    contrary = ("no", "already", "have", *_CONTRARY)
    denied = any(one.name in contrary and one.start >= last for one in heard.matches)
    return bool(last) and not denied and (heard.has("weekday") or heard.has("clock"))


def _is_taken_back(heard: Heard, found: Iterable[Finding]) -> bool:
    """Whether a "but" or a regret follows all that agrees: praise before it is courtesy."""
    last = max(one.end for one in found) - 1
    clauses = heard.text.clauses
    return any(
        match.start >= last
        and (
            match.name == "regret"
            or (match.name == "but" and clauses[match.start] == clauses[match.end - 1])
            or (match.name == "turn" and clauses[match.start] != clauses[match.start - 1])
        )
        for match in heard.matches
    )


def _question(heard: Heard) -> Verdict | None:
    found = heard.of(Intent.QUESTION)
    if found:
        firm = any(one.strength is Strength.FIRM for one in found)
        return _verdict(Intent.QUESTION, FIRM if firm else MIXED, found)
    if heard.text.asked and len(heard.text.words) > 1:
        return Verdict(Intent.QUESTION, WEAK, ("?",))
    return None


def _leftover(heard: Heard, contact: Contact | None) -> Verdict | None:
    """Take what says little where nothing else says more; never a yes."""
    for intent in (Intent.REFERRAL, Intent.NOT_NOW, Intent.NOT_INTERESTED):
        found = heard.of(intent, Strength.WEAK)
        if intent is Intent.NOT_NOW and len(heard.text.words) > _CURT:
            continue
        if found and (intent is not Intent.REFERRAL or contact is not None):
            return _verdict(intent, WEAK, found)
    return None


def _verdict(intent: Intent, confidence: float, found: Iterable[Finding]) -> Verdict:
    return Verdict(intent, confidence, tuple(dict.fromkeys(one.words for one in found)))
