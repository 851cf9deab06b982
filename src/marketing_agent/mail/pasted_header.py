"""Where an answered or forwarded mail is pasted whole: a ruled title, or its From, Sent, To and Subject."""

import re

from marketing_agent.mail.quote_marks import marks

LONGEST = 500  # characters of a line that are looked at
_NEAR = 8  # lines in which the fields of one header stand
_LABEL = 40  # characters of the longest label
_RULE = " >*_=#~+-\u2010\u2011\u2012\u2013\u2014\u2015\u2500"
_LEAST_RULE = 2  # characters
_COLON = re.compile(r"[:\uff1a]")
_INLINE = re.compile(r"\s(?=[^\W\d][^\s:]{0,20}(?: [^\W\d][^\s:]{0,12})?\s?[:\uff1a](?:\s|$))")
_TAKEN = 30  # inline labels of one line that are looked at
_TIME = re.compile(r"\d{1,2}[:.]\d\d")


def is_original(line: str) -> bool:
    """Whether a folded line is "-----Original Message-----" or as some program says it."""
    if line.startswith(">>>") and line.endswith(
        ">>>"
    ):  # GroupWise: ">>> Max 06.05.31 9.08 Uhr >>>"
        return len(line) <= LONGEST and _TIME.search(line) is not None
    return marks().originals.begin_word(_ruled(line))


def original_inside(line: str) -> int:
    """Where such a title begins behind the writer's words on the same line; 0 for nowhere."""
    place = line.find("---", 1, LONGEST)
    return place if place > 0 and marks().originals.begin_word(_ruled(line[place:])) else 0


def is_forwarded(line: str) -> bool:
    """Whether a folded line is "---------- Forwarded message ----------" or alike."""
    head = line[:LONGEST]
    if head[:1] in _RULE:
        return marks().forwarded.begin_word(_ruled(head))
    return head[-1:] in (":", "\uff1a") and head.rstrip(" :\uff1a") in marks().forwards


def _ruled(line: str) -> str:
    """What stands behind at least two dashes or the like, or nothing."""
    head = line[:LONGEST]
    title = head.lstrip(_RULE)
    return title if len(head) - len(title) >= _LEAST_RULE else ""


def header_block(low: list[str], start: int) -> bool:
    """Whether a pasted header begins at `start`: a sender or date, and what proves it a mail's."""
    first = _role(low[start])
    if first not in ("from", "date", "subject"):
        return False
    near = [line[:LONGEST] for line in low[start : start + _NEAR]]
    roles = {role for line in near if (role := _role(line))}
    if len(roles) == 1:
        roles |= _inline_roles(near[0])
    least = 2 if first in ("from", "date") else 3
    proved = (first == "from" and "subject" in roles) or any("@" in line for line in near)
    return len(roles - {"cc"}) >= least and proved


def header_length(low: list[str], start: int) -> int:
    """The number of lines up to the empty one behind the header."""
    end = start
    while end < len(low) and low[end]:
        end += 1
    return end - start


def _role(line: str) -> str:
    found = _COLON.search(line, 0, _LABEL + 5)
    return "" if found is None else marks().roles.get(line[: found.start()].strip(" \t>*_|"), "")


def _inline_roles(line: str) -> set[str]:
    """Fields that follow on the line of the first, where a program lost the line ends."""
    if "@" not in line:
        return set()
    pieces = [
        line[found.end() :] for found, _ in zip(_INLINE.finditer(line), range(_TAKEN), strict=False)
    ]
    return {role for piece in pieces if (role := _role(piece))}
