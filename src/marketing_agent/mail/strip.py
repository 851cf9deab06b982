"""What the writer wrote: without the mail that is answered, without signature and legal notice.

One pass over the lines; each is compared with marks of bounded length, so the time is linear. Where it
is in doubt, the line stays: losing the writer's words is worse than showing too much.
"""

import re
from enum import Enum

from marketing_agent.mail.footers import (
    is_device,
    is_notice,
    is_passing,
    opens_signature,
    says_goodbye,
    without_rulers,
)
from marketing_agent.mail.html_quotes import Judge
from marketing_agent.mail.html_text import Cut, to_text
from marketing_agent.mail.introduction import introduction, shared_line
from marketing_agent.mail.pasted_header import (
    header_block,
    header_length,
    is_forwarded,
    is_original,
    original_inside,
)
from marketing_agent.mail.quote_marks import fold

MAX_TEXT = 500_000  # characters; what lies behind is quoted text in any honest mail
MAX_LINES = 3000  # as above
_MAX_DOUBTS = 600  # lines that are looked at closely; later ones stay, or go as quoted
_LONGEST = 600  # characters of a line that are looked at
_NAME = 40  # characters of a name above its address
_SIGHT = 10  # lines below an introduction in which the quote begins

_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,3}>(?:\s|$)")
_FOLDED_LINK = re.compile(r"[(<]\s?https?://[^\s()<>]{1,400}$")
_PLAIN = re.compile(r"[^\W\d_][^:@<\d\uff1a\u2e80-\U0003ffff]*[^:\uff1a]$")


class _Mood(Enum):
    WRITING = "the writer's words"
    PASSING = "a paragraph of somebody else"
    SIGNED = "below the signature"
    ANSWERING = "below the signature, between quoted lines"


def strip_reply(text: str, *, context: bool = False) -> str:
    """Return the reply in a plain-text body; the whole text when nothing is a quote and nothing remains.

    With `context`, quoted lines stay where the writer answered between them; those above and below go.
    """
    body = text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    lines = body.split("\n")[:MAX_LINES]
    walk = _Walk(lines)
    walk.go()
    kept = walk.in_context() if context else walk.own()
    reply = "\n".join(without_rulers(kept)).strip()
    return reply or ("" if walk.quotes else body.strip())


def strip_html(html: str) -> str:
    """Return the reply in an HTML body as plain text."""
    judge = Judge(html)
    reply = strip_reply(to_text(html, judge))
    if (
        reply
        or judge.cuts & {Cut.QUOTE, Cut.AROUND}
        or not (judge.cuts - {Cut.KEEP} or judge.guessed)
    ):
        return reply
    return strip_reply(to_text(html))  # nothing remains of a guess: show it whole


class _Walk:
    """One way through the lines, from the first to the one that ends the writer's part."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.low = [fold(line[:_LONGEST]) for line in lines]
        self.parts: list[tuple[bool, str]] = []  # whether the line is quoted, and the line
        self.pending: list[tuple[bool, str]] = []
        self.mood = _Mood.WRITING
        self.started = False
        self.answered = False
        self.quotes = False
        self.doubts = 0

    def go(self) -> None:
        """Sort every line."""
        position, end = 0, len(self.lines)
        while position < end:
            taken = self._read(position)
            if not taken:
                break
            position += taken
        if self.answered:
            self.parts += self.pending

    def own(self) -> list[str]:
        """The writer's lines."""
        return [line for quoted, line in self.parts if not quoted]

    def in_context(self) -> list[str]:
        """The writer's lines and the quoted ones between them."""
        mine = [
            place for place, (quoted, line) in enumerate(self.parts) if not quoted and line.strip()
        ]
        if not mine:
            return []
        parts = self.parts[mine[0] : mine[-1] + 1]
        last = max((place for place, (quoted, _) in enumerate(parts) if quoted), default=0)
        below = [line for _, line in parts[last + 1 :]]
        if last and says_goodbye(list(map(fold, below))):
            above = [line for quoted, line in parts[:last] if not quoted]
            return above + below
        return [line for _, line in parts]

    def _read(self, position: int) -> int:
        """Sort the line at `position`; the number of lines that were taken, 0 to end here."""
        line, low = self.lines[position], self.low[position]
        if not low:
            return self._keep(line, empty=True)
        if low[0] in ">|" and (low[0] == ">" or len(low) == 1 or low[-1] != "|"):
            return 0 if is_original(low) and self.started else self._quote(position)
        if _INITIALS.match(line):
            return self._quote(position)
        if _PLAIN.match(low) and not self._may_be_added(position):
            return self._keep(line)
        return self._judge(position)

    def _may_be_added(self, position: int) -> bool:
        """Whether a plain line may still be a footer, or the first line of a folded introduction."""
        low = self.low[position]
        return (
            is_device(low)
            or is_notice(self.low, position)
            or is_passing(low)
            or introduction(self.low, position) > 0
        )

    def _judge(self, position: int) -> int:
        line, low = self.lines[position], self.low[position]
        self.doubts += 1
        if self.doubts > _MAX_DOUBTS:
            return self._keep(line)
        if is_forwarded(low):
            return self._show(position) if self.started else 1
        if is_original(low) or header_block(self.low, position):
            return self._original(position)
        if taken := self._end_within(position):
            return taken
        if taken := introduction(self.low, position):
            return self._introduce(position, taken)
        return 1 if self._is_added(position) else self._keep(line)

    def _introduce(self, position: int, taken: int) -> int:
        self.quotes = True
        if self.low[position].startswith(("<", "(<")):
            self._take_back_name(position)
        quoted = self._next_line(position + taken)[:1] in (">", "|")
        return 0 if self.started and not quoted else taken

    def _take_back_name(self, position: int) -> None:
        """The name before an address may stand on the line above it."""
        above = self.low[position - 1] if position else ""
        if 0 < len(above) <= _NAME and self.parts and fold(self.parts[-1][1]) == above:
            self.parts.pop()

    def _next_line(self, start: int) -> str:
        return next(filter(None, self.low[start : start + _SIGHT]), "")

    def _original(self, position: int) -> int:
        """A pasted mail ends the reply; the header of a mail that is all there is goes."""
        self.quotes = self.quotes or self.started
        if self.started:
            return 0
        return header_length(self.low, position) if header_block(self.low, position) else 1

    def _show(self, position: int) -> int:
        """The writer chose to show a forwarded mail: it stays, header and all."""
        self.parts += [(False, line) for line in self.lines[position:]]
        return 0

    def _is_added(self, position: int) -> bool:
        """Leave out what a program added, and remember how far it goes."""
        low = self.low[position]
        if opens_signature(self.low, position) or (is_device(low) and self.started):
            self._sign()
            return True
        if is_device(low):
            return True
        if not self._begins_paragraph(position):
            return False
        notice = is_notice(self.low, position)
        if notice and self.started:
            self._sign()
            return True
        if notice or is_passing(low):
            self.mood = _Mood.PASSING if self.mood is _Mood.WRITING else self.mood
            return True
        return False

    def _sign(self) -> None:
        if self.mood is _Mood.ANSWERING and not self.answered:
            self.pending.clear()
        elif self.answered:
            self.parts += self.pending
        self.pending = []
        self.mood = _Mood.SIGNED

    def _begins_paragraph(self, position: int) -> bool:
        before = self.low[position - 1] if position else ""
        return not before.strip("-_=*") or self.mood is not _Mood.WRITING or before[0] in ">|"

    def _end_within(self, position: int) -> int:
        """The old mail may begin on the line on which the writer's words end."""
        line, low = self.lines[position], self.low[position]
        place = shared_line(low) or original_inside(low)
        if not place or self.mood is not _Mood.WRITING:
            return 0
        indent = len(line) - len(line.lstrip())
        self.quotes = True
        self._keep(line[: place + indent].rstrip("- \t"))
        return 1 if self._next_line(position + 1)[:1] in (">", "|") else self._stop()

    def _stop(self) -> int:
        """Take all that is left."""
        return len(self.lines)

    def _keep(self, line: str, *, empty: bool = False) -> int:
        if self.mood is _Mood.PASSING and empty:
            self.mood = _Mood.WRITING
        elif self.mood is _Mood.WRITING:
            self.parts.append((False, line))
            self.started = self.started or not empty
        elif self.mood is _Mood.ANSWERING:
            self.pending.append((False, line))
        return 1

    def _quote(self, position: int) -> int:
        self.quotes = True
        self._settle()
        taken = 2 if self._is_folded_link(position) else 1
        self.parts += [(True, line) for line in self.lines[position : position + taken]]
        return taken

    def _settle(self) -> None:
        """A paragraph between quoted lines is an answer, signature above or not."""
        if self.mood is _Mood.SIGNED:
            self.mood = _Mood.ANSWERING
        elif self.mood is _Mood.PASSING:
            self.mood = _Mood.WRITING
        if any(line.strip() for _, line in self.pending) and not self.pending[0][1].strip():
            self.answered = True
            self.parts += self.pending
        self.pending = []

    def _is_folded_link(self, position: int) -> bool:
        """Whether a program folded a quoted link and forgot the mark on its second line."""
        if not _FOLDED_LINK.search(self.low[position]):
            return False
        below = self.low[position + 1 : position + 2]
        return bool(below) and below[0][-1:] in (")", ">") and " " not in below[0]
