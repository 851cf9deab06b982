"""A reply as folded words, cut into sentences and clauses, so that a "no" denies only what is near."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HEAD, TAIL = 2_400, 800
"""Characters that are read: what matters stands at the top of a reply."""

MAX_WORDS = 1_000
"""Words that are read, for the same reason."""

WRAPPED = 55
"""A line of at least so many characters was wrapped by a mail program: its end ends no sentence."""

_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u3099\u309a\ufe00-\ufe0f\u200b-\u200f]+"
)
_BLANKS = re.compile(r"[^\S\n]+")
# Letters that Unicode does not take apart, and apostrophes of every make.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ß": "ss"}
    | dict.fromkeys("\u2018\u2019\u201b\u00b4`\u02bc\u2032\uff07", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)
_ENTITIES = re.compile(
    r"(?P<mailaddress>[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
    r"|(?P<weblink>(?:https?://|www\.)\S{1,300})"
    r"|(?P<clocktime>\b[012]?\d(?::[0-5]\d|\.[0-5]\d(?= ?(?:uhr|uur|h\b|am\b|pm\b)))?"
    r" ?(?:a\.?m\b\.?|p\.?m\b\.?|uhr\b|uur\b|h(?:[0-5]\d)?\b|o'? ?clock\b)|\b[012]?\d:[0-5]\d\b"
    r"|\b(?:ore|alle|at|um|las|as|om|tues|thurs|wed) [012]?\d[.,][0-5]\d\b|\b[012]?\d[uh]\b)"
    r"|(?P<phonenumber>(?<![\w/.-])(?:\+|00?|\()[\d()/ .-]{6,20}\d\b)"
)
_RUDE = re.compile(r"\bf+[*@#$]{1,4}(?:c?k)?|\bf[*u]c?[*k]\b|\bsh[*!]t\b")
_NOT = re.compile(r"\b(\w{2,7}n)'t\b")
_EMAIL = re.compile(r"\be-(?=mail)")
_TOKEN = re.compile(
    r"[^\W_]+|[\u2639-\u263a\U0001f300-\U0001faff]|\.(?=[\s.)\"']|$)|(?<=[a-z]{3})\.(?=[a-z]{3})"
    r"|[!?;:,\n()\u00bf\u00a1\u3002\uff01\uff1f\uff0c\u3001\u061f\u060c\u2026]| -+(?= )"
)
_SENTENCE_ENDS = frozenset(".!?;\n\u3002\uff01\uff1f\u061f\u2026\u00bf\u00a1")
_QUESTION = frozenset("?\uff1f\u061f")
_ABBREVIATIONS = """
dr mr mrs ms hr fr sr sra sig dott prof st nr ca bzw ggf evtl inkl etc vs
dhr mevr mme mlle m p tel jan feb mar apr jun jul aug sep sept oct okt nov dec
dez sra dra ing dipl kl no z o g e i
"""
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in reading order.

    Attributes:
        words: folded; addresses, links, telephone numbers and times of day stand as one word each.
        sentences: the number of the sentence that each word stands in.
        clauses: the number of the clause that each word stands in.
        asked: the sentences that end in a question mark.
    """

    words: tuple[str, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    asked: frozenset[int]


def fold(text: str) -> str:
    """Lower the case, drop accents and curly apostrophes, and fold blanks but not line ends."""
    plain = text.lower() if text.isascii() else _bare(text)
    return _BLANKS.sub(" ", plain)


def _bare(text: str) -> str:
    straight = unicodedata.normalize("NFKD", text.translate(_LETTERS).casefold())
    return _MARKS.sub("", straight).translate(_LETTERS)


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a phrase, taken apart as a reply's words are."""
    return tuple(word for word in _TOKEN.findall(_prepared(fold(text))) if word[0] not in _STOPS)


def read_words(folded: str) -> Words:
    """Cut a folded text into words, clauses and sentences; only the first `MAX_WORDS` words."""
    words: list[str] = []
    sentences: list[int] = []
    clauses: list[int] = []
    asked: set[int] = set()
    sentence = clause = 0
    for token, stop in _tokens(_prepared(_joined(folded))):
        if not stop:
            words.append(token)
            sentences.append(sentence)
            clauses.append(clause)
            continue
        if token in _QUESTION:
            asked.add(sentence)
        sentence += token in _SENTENCE_ENDS
        clause += 1
    return Words(tuple(words), tuple(sentences), tuple(clauses), frozenset(asked))


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Give words, and the marks that part them; a dot behind a number or "Dr" parts nothing."""
    before, count = "", 0
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark[0] in _STOPS:
            if mark != "." or not _is_abbreviated(before):
                yield mark, True
            continue
        count += 1
        if count > MAX_WORDS:
            return
        before = mark
        yield mark, False


def _is_abbreviated(word: str) -> bool:
    return word.isdigit() or len(word) == 1 or word in _ABBREVIATED


def _prepared(folded: str) -> str:
    """Name what is no word, and make one word of what people write as two."""
    text = _EMAIL.sub("e", folded)
    if "*" in text or "f" in text:
        text = _RUDE.sub("fuck", text)
    if "'" in text:
        text = _NOT.sub(r"\1t", text)
    return _ENTITIES.sub(_entity, text)


def _entity(found: re.Match[str]) -> str:
    return f" {found.lastgroup} "


def _joined(folded: str) -> str:
    """Undo the wrapping of long lines."""
    if "\n" not in folded:
        return folded
    lines = folded.split("\n")
    pieces: list[str] = []
    for line in lines:
        wrapped = len(line) >= WRAPPED and line.rstrip()[-1:] not in _SENTENCE_ENDS
        pieces.append(line + (" " if wrapped else "\n"))
    return "".join(pieces)


_STOPS = _SENTENCE_ENDS | frozenset(",:()\uff0c\u3001\u060c -")
