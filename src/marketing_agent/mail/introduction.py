"""The line above a quote: "On Monday, Max wrote:" in any language, folded over a few lines or not.

Every test looks at a few lines of bounded length. A verb alone proves nothing, people write "I wrote:"
themselves: a date, an address or a quoted line below must agree.
"""

import re
from itertools import islice

from marketing_agent.mail.quote_marks import marks

LONGEST = 500  # characters of an introduction, folded lines included
MAX_FOLDED = 4  # lines over which it may be folded
_SHORT = 80  # characters of "Max Muster wrote:", which nothing but the quote below proves
_ALONE = 20  # characters of a verb on a line of its own
_TRIES = 6  # places of one line at which an introduction may begin

_WORD = re.compile(r"[^\s,.:;\d(<\"]+")
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]+")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{2}"
    r"|\d{1,2}\s?[年月]|\d{1,2}[-./]\d{1,2}[-./ ]"
)
_DATE_LED = re.compile(
    r"(?:\d{4}\s?[-/.年]\s?\d{1,2}[-/.月]|\d{1,2}\.?[-/. ]\s?(?:\d{1,2}|[^\W\d]{3,12})\.?[-/., ]\s?\d{2})"
)
_TIME = re.compile(r"\d{1,2}\s?[:.h\u066b時时]\s?\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>@]{1,120}@[^\s<>@]{2,120}")
_ADDRESS_END = re.compile(r"[^\s<>@]@[^\s<>@]{2,250}[\s)>]{0,4}[:\uff1a]?$")
_ZONE = re.compile(r"\b(?:gmt|utc)[+-]\d\d:?\d\d ")
_FIRST_PERSON = re.compile(
    r"(?:^|[\s,])(?:i|we|ich|wir|j'ai|nous avons|yo|io|noi|ik|wij|eu|jag|jeg|я|мы)\s+(?:\w{1,12}\s+)?$"
)
_INSIDE = re.compile(
    r"(?<=[\s>\-\u2013\u2014.!?])(?:on|am|le|el|il giorno|il|em|op|den|dnia|w dniu|dne|pe|pada|в|在)"
    r"\s(?=[^\d:]{0,16}\d)"
)
_NO_SPACES = "\u2e80"  # from here on: Chinese, Japanese and Korean, which set no spaces
_TAIL = " -*_\u2013\u2014"


def introduction(low: list[str], start: int) -> int:
    """The number of folded lines that an introduction takes from `start`; 0 when none begins there."""
    if not _may_begin(low[start]):
        return 0
    joined = ""
    for count, line in enumerate(low[start : start + MAX_FOLDED], 1):
        if not line or len(joined) + len(line) > LONGEST or (joined and _is_quoted(line, joined)):
            return 0
        joined = f"{joined} {line}" if joined else line
        if is_introduction(joined) or (_quote_follows(low, start + count) and _is_likely(joined)):
            return count + _is_verb_alone(low, start + count)
    return 0


def _is_verb_alone(low: list[str], position: int) -> bool:
    """Whether "wrote:" was folded onto a line of its own."""
    line = low[position].rstrip(":\uff1a ") if position < len(low) else ""
    return len(line) <= _ALONE and line != "" and marks().verbs.end(line) == line


def _is_quoted(line: str, before: str) -> bool:
    """Whether a line begins with a mark, which may also close an address that was folded."""
    return line[0] in ">|" and before.count("<") <= before.count(">")


def _quote_follows(low: list[str], start: int) -> bool:
    below = low[start] or "".join(low[start + 1 : start + 2]) if start < len(low) else ""
    return below[:1] in (">", "|")


def is_introduction(text: str) -> bool:
    """Whether a folded text of at most LONGEST characters introduces a quote."""
    bare = text.lstrip(" >*_|-\u2013\u2014").rstrip(_TAIL)
    colon = bare.endswith((":", "\uff1a"))
    body = bare.rstrip(":\uff1a ").rstrip(_TAIL)
    verb = _verb_at_end(body)
    if verb:
        return _with_verb(bare, body[: -len(verb)], colon=colon)
    if (colon or "@" in bare) and _told_inside(bare, colon=colon):
        return True
    return _dated_address(bare, colon=colon)


def shared_line(line: str) -> int:
    """Where on the folded line an introduction begins behind the writer's words; 0 for nowhere."""
    if len(line) > LONGEST or not line.endswith((":", "\uff1a")) or _opened(line.lstrip(_TAIL)):
        return 0
    for found in islice(_INSIDE.finditer(line), _TRIES):
        rest = line[found.start() :]
        if (_ADDRESS.search(rest) or _TIME.search(rest)) and is_introduction(rest):
            return found.start()
    return 0


def _may_begin(line: str) -> bool:
    if len(line) > LONGEST or not line:
        return False
    bare = line.lstrip(" *_|-")
    if "@" in line or bare[:1].isdigit() or line[-1] in ":\uff1a":
        return True
    word = _WORD.match(bare)
    if word is not None and word[0] in marks().openers:
        return True
    if _DIGIT.search(line):
        return _DATE.search(line) is not None
    return len(line) <= _SHORT and _breaks_off(line)


def _breaks_off(line: str) -> bool:
    """Whether the date must come on the next line: "Max Muster wrote on"."""
    known = marks()
    return line.rpartition(" ")[2] in known.openers or known.verbs.end(line) != ""


def _verb_at_end(body: str) -> str:
    """The verb on which the text ends, as a word of its own where words are set apart."""
    verb = marks().verbs.end(body)
    if not verb or verb[0] >= _NO_SPACES:
        return verb
    return "" if body[: -len(verb)][-1:].isalpha() else verb


def _with_verb(text: str, before: str, *, colon: bool) -> bool:
    if _FIRST_PERSON.search(before):
        return False
    address = _ADDRESS.search(text) is not None
    dated, timed = _DATE.search(text) is not None, _TIME.search(text) is not None
    if not colon:
        return (address and (dated or timed)) or (dated and timed and _opened(text))
    return address or timed or (dated and _opened(text))


def _opened(text: str) -> bool:
    word = _WORD.match(text)
    return (word is not None and word[0] in marks().openers) or text[:1].isdigit()


def _told_inside(text: str, *, colon: bool) -> bool:
    """As "Am 6. Mai 2031 um 9:08 schrieb Max:", "Max <a@b> schrieb am 6. Mai:"."""
    dated = _DATE.search(text) is not None
    timed = _TIME.search(text) is not None
    if not colon and not (dated and timed and "<" in text):
        return False
    if not ((dated and timed) or ((dated or timed) and ("@" in text or _opened(text)))):
        return False
    place = _verb_inside(text)
    return place >= 0 and _FIRST_PERSON.search(text[:place]) is None


def _verb_inside(text: str) -> int:
    """Where a verb stands as a word of its own; -1 for nowhere."""
    known = marks()
    for word in _WORDS.finditer(text):
        if word[0] in known.inner_verbs:
            return word.start()
    spaced = f" {text}"
    return next((place for verb in known.inner_phrases if (place := spaced.find(verb)) >= 0), -1)


def _dated_address(text: str, *, colon: bool) -> bool:
    """A date and an address say enough without a verb: "2031-05-06 9:08 Max <a@b>:"."""
    led = _DATE_LED.match(text) is not None
    if led and _ZONE.search(text):
        return True
    if _ADDRESS_END.search(text) is None:
        return False
    if colon and marks().citing.begin(text):
        return True
    if led:
        return True
    bounded = colon or (text.endswith(">") and _opened(text))
    return bounded and _DATE.search(text) is not None and _TIME.search(text) is not None


def _is_likely(text: str) -> bool:
    """Enough right above quoted lines: "Max Muster wrote:", "* Max <a@b> [2031-05-06]:", "6.5.31 9:08"."""
    body = text.rstrip(":\uff1a ")
    colon = body != text
    verb = _verb_at_end(body)
    if verb and colon and len(text) <= _SHORT:
        return body != verb
    dated, timed = _DATE.search(text) is not None, _TIME.search(text) is not None
    if not dated or not (timed or "@" in text):
        return False
    return colon or _verb_inside(text) >= 0 or _DATE_LED.match(text) is not None
