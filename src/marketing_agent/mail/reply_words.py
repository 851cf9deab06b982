"""Where in a report the words stand that decide: the reply of the server that refused."""

import re

from marketing_agent.engine.bounce_rules import Failure, classify_failure

MAX_PARAGRAPH = 2000  # characters

_CODE = re.compile(r"(?<![\w.])[45]\d\d(?=[ -][^\d\s]|[ -][245]\.\d\.\d|[ -]#)")
_BEFORE_CODE = frozenset(":>'\"([-=)|")
# A gateway wraps the reply that it was given: 550-'5.1.1 …', returned '550 …', … -> 550 ….
_WRAPPER = re.compile(
    r"(?:-['\"]|[-=]>|\breturned:? ['\"]|\breturned ?:|response was:)\s*['\"]?(?=#?[45]\.?\d\.?\d)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n[ \t]*\n")
_SPOKEN_BY_US = re.compile(r"^[ \t]*(?:In:|>>>|C:)|^[ \t]*(?:Out:|<<<|S:)[ \t]*[23]\d\d")


def judge_words(status: str | None, text: str) -> Failure:
    """Say what a report's words mean: the innermost reply first, then its paragraph, then all.

    Words count more than bare numbers, wherever they stand; what is said of the letter's way there
    ("could not be delivered", "may be misspelled") must not drown the reply.
    """
    unworded: Failure | None = None
    for piece in _pieces(text):
        failure = classify_failure(status, None, piece)
        if failure.worded:
            return failure
        if unworded is None or unworded.category == "unknown":
            unworded = failure
    return unworded or classify_failure(status, None, "")


def _pieces(text: str) -> tuple[str, ...]:
    paragraph = reply_paragraph(text)
    wrapped = _unwrapped(paragraph or text)
    return tuple(dict.fromkeys(one for one in (wrapped, paragraph, text) if one))


def reply_paragraph(text: str) -> str:
    """The paragraph with the first refusing reply, without what our side of a dialogue said."""
    place = next((one.start() for one in _CODE.finditer(text) if _begins_reply(text, one)), -1)
    if place < 0:
        return ""
    before = [one.end() for one in _BLANK.finditer(text, max(0, place - MAX_PARAGRAPH), place)]
    start = before[-1] if before else max(0, place - MAX_PARAGRAPH)
    end = _BLANK.search(text, place, place + MAX_PARAGRAPH)
    paragraph = text[start : end.start() if end else place + MAX_PARAGRAPH]
    return _heard(paragraph) if ":" in paragraph or ">>>" in paragraph else paragraph


def _begins_reply(text: str, code: re.Match[str]) -> bool:
    """A number is a reply code at the start of a line or behind a mark, never within a sentence."""
    line = text.rfind("\n", max(0, code.start() - 200), code.start())
    lead = text[max(0, line + 1, code.start() - 200) : code.start()].rstrip(" \t")
    return not lead or lead[-1] in _BEFORE_CODE


def _heard(paragraph: str) -> str:
    return "\n".join(one for one in paragraph.split("\n") if not _SPOKEN_BY_US.match(one))


def _unwrapped(text: str) -> str:
    """What stands behind the last wrapper of a gateway, if there is one."""
    places = [one.end() for one in _WRAPPER.finditer(text[:MAX_PARAGRAPH])]
    return text[places[-1] :][:MAX_PARAGRAPH] if places else ""
