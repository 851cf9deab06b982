"""What programs, gateways and lawyers add below the writer's words, told by how a line begins."""

import re
from itertools import takewhile

from marketing_agent.mail.quote_marks import marks

_DEVICE = 100  # characters; a telephone's line is short
_WRAPPED = " <(*_[|~\u2022-\u2013\u2014"
_SIGNATURE = re.compile(r"(?:--|\u2014|\u2013|__|- -)\s*$")
_RULED = re.compile(r"_{5,200}$")
_RULER = re.compile(r"^[-*#~=_+\u1427\s]*$")
_SIGNATURE_LINES = 6  # below a line of underscores
_SIGNATURE_WIDTH = 70  # characters
_NOTICE_LINES = 8  # of a legal notice that are searched for its legal words
_ORNAMENTS = " *_([|\u2022-\"'~!\u26a0\ufe0f\U0001f333\U0001f332"
_VALEDICTION_LINES = 4
_VALEDICTION_WIDTH = 40  # characters


def is_device(low: str) -> bool:
    """Whether a telephone or program signs; "Sent from my desk, it is easier." does not."""
    if len(low) > _DEVICE:
        return False
    line = low.lstrip(_WRAPPED)
    known = marks()
    if known.devices.begin(line):
        return not _goes_on(line)
    if known.made_by.begin(line) or known.ends.end(line.rstrip(" .)>*_")):
        return known.product.search(line) is not None and not _goes_on(line)
    return False


def _goes_on(line: str) -> bool:
    """A sentence has a comma or full stop; a telephone's apology has them, too."""
    if not line.endswith((".", "!")) and ", " not in line:
        return False
    known = marks()
    return (
        not _holds(line, known.apologies) and known.product.search(line.partition(",")[0]) is None
    )


def opens_signature(low: list[str], position: int) -> bool:
    """Whether a signature's delimiter stands here (RFC 3676 §4.3), or a rule above a few short lines."""
    line = low[position]
    if line[0] not in "-_\u2014\u2013":
        return False
    if _SIGNATURE.match(line):
        return True
    return _RULED.match(line) is not None and _is_short_end(
        low[position + 1 : position + _SIGNATURE_LINES + 2]
    )


def is_notice(low: list[str], position: int) -> bool:
    """Whether a legal notice or a list's footer begins; both go on to the end."""
    line = low[position].lstrip(_ORNAMENTS)
    known = marks()
    if known.lists.begin(line):
        return True
    return known.notices.begin(line) and _holds(_paragraph(low, position), known.legal)


def is_passing(low: str) -> bool:
    """Whether a paragraph of a gateway or of good intentions begins: banner, scanner, saving paper."""
    known = marks()
    bare = low.lstrip(_ORNAMENTS).removeprefix("p ")  # a tree in Webdings is a P
    if known.printing.begin(bare):
        return _holds(bare, known.nature)
    return known.passing.begin(low) or known.passing.begin(bare)


def without_rulers(lines: list[str]) -> list[str]:
    """The lines without the empty ones and delimiters at the end."""
    end = len(lines)
    while end and _RULER.match(lines[end - 1]):
        end -= 1
    return lines[:end]


def says_goodbye(low: list[str]) -> bool:
    """Whether a text is no more than "Regards, Max"."""
    said = [line for line in low if line]
    if not said or len(said) > _VALEDICTION_LINES or max(map(len, said)) > _VALEDICTION_WIDTH:
        return not said
    return marks().valedictions.begin(said[0])


def _is_short_end(below: list[str]) -> bool:
    said = [len(line) for line in below if line]
    return bool(said) and len(below) <= _SIGNATURE_LINES and max(said) <= _SIGNATURE_WIDTH


def _paragraph(low: list[str], start: int) -> str:
    """The lines up to the next empty one, a few at most."""
    lines = list(takewhile(bool, low[start : start + _NOTICE_LINES]))
    return " ".join(lines)


def _holds(text: str, stems: tuple[str, ...]) -> bool:
    return any(stem in text for stem in stems)
