"""What a finished letter must hold, and what must never leave: the last look before it is queued.

A problem that blocks stops the letter with a reason; a warning (spam triggers) is shown and lets it
go.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SUBJECT = 200
"""Characters; a header line has at most 998 octets (RFC 5322 section 2.1.1), and no reader shows 200."""

LONG_SUBJECT = 78
"""Characters after which most readers cut the subject off."""

MAX_LINKS = 3

_UNRESOLVED = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|\{\{|\}\}|\{%|%\}", re.DOTALL)
# Mail merges of other programs: [First Name], *|FNAME|*, %%name%%, <First name>, ${name}.
_FOREIGN = re.compile(
    r"\[(?:your |first|last|full|contact|company|business|city|name)[ _]?(?:name|company|city)?\]"
    r"|\*\|\w+\|\*|%%?[A-Za-z_]+%%?(?=[\s,.!?]|$)|<(?:first|last|company)[ _]?name>|\$\{\w+\}",
    re.IGNORECASE,
)

_GREETING = (
    r"hi|hello|hey|dear|good (?:morning|afternoon)|hallo|guten tag|moin|liebe[rs]?|sehr geehrte[rs]?"
    r"|bonjour|salut|cher|chere|chère|hola|estimad[oa]|buenos d[ií]as|ciao|gentile|buongiorno|salve"
    r"|beste|geachte|dag|ol[aá]|caro|cara|prezad[oa]|(?:mr|mrs|ms|herr|frau|mme|sr|sra)\.?"
)
_BEFORE = r"at|for|from|with|to|of|about|team|by|chez|pour|avec|para|con|voor|van|com|per|presso"
# A value that a template printed although there was none. "None of", "null and void", "annulled"
# and the German "null Aufwand" are words; hence only places where a name or a figure belongs.
_NO_VALUE = re.compile(
    rf"(?i:\b(?:{_GREETING})\s+)(?:None|null|undefined|NaN|nil|N/A)\b"
    rf"|(?i:\b(?:{_BEFORE})\s+)(?:None(?!\s+of\b)|null(?!\s+and\s+void)|undefined|NaN)\b"
    r"|\b(?:None|null|undefined|NaN)(?=['\u2019]s\b)"
    r"|^[ \t]*(?:None|null|undefined|NaN)[ \t]*(?:[,.!][ \t]*)?$"
    r"|\[object Object\]|\bundefined undefined\b|\bNone None\b|\bnull null\b",
    re.MULTILINE,
)
_LINE_BREAK = re.compile(r"[\r\n\x00\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_LINK = re.compile(r"https?://", re.IGNORECASE)
_SHORTENER = re.compile(
    r"https?://(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd)/", re.IGNORECASE
)
_SHOUT = re.compile(r"[!?]{3,}|\${2,}|€{2,}")
_TRIGGERS = re.compile(
    r"\b(?:act now|limited time|100 ?% free|risk[- ]free|no obligation|click here|buy now|order now"
    r"|earn money|make money|winner|congratulations|guaranteed|cash bonus|once in a lifetime"
    r"|double your|free money|urgent|special promotion|this is not spam|garantiert kostenlos"
    r"|jetzt zugreifen|nur heute|offre limit[ée]e|gratuit|oferta limitada|offerta limitata)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code, a sentence, and whether it only warns (and blocks nothing)."""

    code: str
    message: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """Texts that the body must hold, as rendered; empty means that they are not even configured.

    None asks for nothing: an answer to a person needs no opt-out line.
    """

    sender_identity: str | None = None
    postal_address: str | None = None
    opt_out_line: str | None = None


def check_letter(subject: str, body: str, *, needs: Needs) -> tuple[Problem, ...]:
    """List everything that is wrong with a finished letter; empty means that it may leave."""
    return (
        *_check_subject(subject),
        *_check_body(body),
        *_check_values(f"{subject}\n{body}"),
        *_check_needs(body, needs),
        *_check_tone(subject, body),
    )


def blocks(problems: tuple[Problem, ...]) -> bool:
    """Say whether any of the problems keeps the letter from leaving."""
    return any(not problem.warning for problem in problems)


def _check_subject(subject: str) -> Iterator[Problem]:
    if not subject.strip():
        yield Problem("empty_subject", "The subject is empty.")
    if _LINE_BREAK.search(subject):
        # A line break would begin a header of the writer's choosing (RFC 5322 section 2.2).
        yield Problem("header_injection", "The subject holds a line break or control character.")
    if len(subject) > MAX_SUBJECT:
        yield Problem(
            "long_subject", f"The subject has {len(subject)} characters; {MAX_SUBJECT} are allowed."
        )
    elif len(subject) > LONG_SUBJECT:
        yield Problem(
            "cut_subject",
            f"The subject has {len(subject)} characters; readers cut it.",
            warning=True,
        )


def _check_body(body: str) -> Iterator[Problem]:
    if not body.strip():
        yield Problem("empty_body", "The letter is empty.")
    if "\x00" in body:
        yield Problem("control_character", "The letter holds a NUL character (RFC 5322 2.3).")


def _check_values(text: str) -> Iterator[Problem]:
    """Find every placeholder that nobody filled and every value that was none."""
    for pattern in (_UNRESOLVED, _FOREIGN):
        for match in pattern.finditer(text):
            yield Problem("unresolved", f"A placeholder is left: {match.group(0)[:60]}")
    for match in _NO_VALUE.finditer(text):
        yield Problem("missing_value", f"A value is missing: «{match.group(0).strip()[:60]}»")


def _check_needs(body: str, needs: Needs) -> Iterator[Problem]:
    wanted = (
        ("sender_identity", "who is writing", needs.sender_identity),
        ("postal_address", "the sender's postal address", needs.postal_address),
        ("opt_out_line", "how to opt out", needs.opt_out_line),
    )
    folded = _fold(body)
    for code, words, text in wanted:
        if text is not None and (not text.strip() or _fold(text) not in folded):
            yield Problem(f"no_{code}", f"The letter does not say {words}.")


def _check_tone(subject: str, body: str) -> Iterator[Problem]:
    text = f"{subject}\n{body}"
    for match in _TRIGGERS.finditer(text):
        yield _warning("spam_words", f"Spam filters dislike «{match.group(0)}».")
    if _SHOUT.search(text):
        yield _warning("shouting", "Repeated exclamation, question or currency marks.")
    if _is_shouted(subject):
        yield _warning("capitals", "The subject is written in capitals.")
    if len(_LINK.findall(body)) > MAX_LINKS:
        yield _warning("links", f"More than {MAX_LINKS} links.")
    if _SHORTENER.search(body):
        yield _warning("short_link", "A shortened link hides where it leads.")


def _is_shouted(subject: str) -> bool:
    letters = [letter for letter in subject if letter.isalpha()]
    return len(letters) >= 8 and subject == subject.upper() and subject != subject.lower()  # noqa: PLR2004  an acronym is no shout


def _warning(code: str, message: str) -> Problem:
    return Problem(code, message, warning=True)


def _fold(text: str) -> str:
    return _BLANKS.sub(" ", text).strip().casefold()
