"""HTML to the plain text that a reader would see, line breaks kept.

A tokenizer of our own, because tree builders take quadratic time on deeply nested tags (100,000
nested `<div>` cost lexbor 15 s); here each character is looked at a bounded number of times.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

MAX_HTML = 2_000_000  # characters; longer HTML is cut before it is read

_BLOCKS = """
address article aside blockquote body br center div dl dt dd fieldset footer form h1 h2 h3 h4 h5 h6
header hr html li main nav ol p pre section table tbody tfoot thead tr ul
"""
_BREAKING = frozenset(_BLOCKS.split())
_SILENT = frozenset(["head", "style", "script", "title", "noscript", "template", "svg"])
_NEVER_CLOSED = "area base br col embed hr img input link meta source track wbr"
_VOID = frozenset(_NEVER_CLOSED.split())
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})")
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")  # another "<" is text
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_QUOTE_OPENS, _QUOTE_CLOSES = "\n\x02\n", "\n\x03\n"
_MARKS = str.maketrans({"\x02": " ", "\x03": " ", "\u00a0": " "})


class Cut(StrEnum):
    """What to do with an element that is not the writer's own text."""

    KEEP = "keep"
    ELEMENT = "element"  # leave out this element and go on behind it
    REST = "rest"  # leave out this element and everything behind it
    QUOTE = "quote"  # put "> " before its lines
    AROUND = "around"  # as QUOTE, but what follows the first block quote in it is not quoted


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; `attributes` is the raw text behind the name, in lower case."""

    name: str
    closing: bool
    attributes: str
    start: int = 0  # where in the HTML it stands


def keep_all(_tag: Tag) -> Cut:
    """Leave nothing out."""
    return Cut.KEEP


def to_text(html: str, judge: Callable[[Tag], Cut] = keep_all) -> str:
    """Render HTML as text without the elements that `judge` cuts; never raises."""
    rendering = _Rendering(judge)
    for token in tokens(html[:MAX_HTML]):
        if not rendering.take(token):
            break
    return _tidy("".join(rendering.pieces))


class _Rendering:
    """The text so far, and the element that is being left out or quoted."""

    def __init__(self, judge: Callable[[Tag], Cut]) -> None:
        self.judge = judge
        self.pieces: list[str] = []
        self.skipped, self.skipped_depth = "", 0
        self.quoted, self.quoted_depth = "", 0
        self.around = False

    def take(self, token: str | Tag) -> bool:
        """Render one token; False when nothing behind it is wanted."""
        if self.skipped:
            self.skipped_depth += _step(token, self.skipped)
            self.skipped = self.skipped if self.skipped_depth > 0 else ""
        elif isinstance(token, str):
            self.pieces.append(_unescaped(token))
        else:
            return self._tag(token)
        return True

    def _tag(self, tag: Tag) -> bool:
        cut = _verdict(tag, self.judge)
        if cut is Cut.REST and not self.quoted:
            return False
        self.skipped, self.skipped_depth = (tag.name, 1) if cut is Cut.ELEMENT else ("", 0)
        self.pieces.append(_edge(tag))
        if self.quoted:
            self._within(tag)
        elif cut in (Cut.QUOTE, Cut.AROUND):
            self.quoted, self.quoted_depth, self.around = tag.name, 1, cut is Cut.AROUND
            self.pieces.append(_QUOTE_OPENS)
        return True

    def _within(self, tag: Tag) -> None:
        if self.around and tag.name == "blockquote" and not tag.closing:
            self.quoted, self.quoted_depth, self.around = "blockquote", 1, False
            return
        self.quoted_depth += _step(tag, self.quoted)
        if self.quoted_depth <= 0:
            self.quoted = ""
            self.pieces.append(_QUOTE_CLOSES)


def tokens(html: str) -> Iterator[str | Tag]:
    """Cut HTML into texts and tags; comments and declarations are left out."""
    position = 0
    while (found := _OPENING.search(html, position)) is not None:
        opening = found.start()
        if opening > position:
            yield html[position:opening]
        token, position = _markup(html, opening)
        if token is not None:
            yield token
    yield html[position:]


def _markup(html: str, start: int) -> tuple[str | Tag | None, int]:
    if html.startswith("<!--", start):
        return None, _behind(html, "-->", start)
    if html.startswith(("<!", "<?"), start):
        return None, _behind(html, ">", start)
    found = _TAG.match(html, start)
    if found is None:
        return "<", start + 1
    end = _behind(html, ">", found.end())
    attributes = html[found.end() : end].rstrip(">").lower()
    return Tag(found[2].lower(), bool(found[1]), attributes, start), end


def _behind(html: str, mark: str, start: int) -> int:
    """The place behind the next mark; without one the rest belongs to it, as browsers do."""
    found = html.find(mark, start)
    return len(html) if found < 0 else found + len(mark)


def _unescaped(text: str) -> str:
    try:
        plain = unescape(text)
    except ValueError:  # &#999…; with more digits than int() accepts
        plain = text
    return _SPACES.sub(" ", plain.translate(_MARKS) if not plain.isprintable() else plain)


def _step(token: str | Tag, name: str) -> int:
    if isinstance(token, str) or token.name != name:
        return 0
    return -1 if token.closing else 1


def _verdict(tag: Tag, judge: Callable[[Tag], Cut]) -> Cut:
    if tag.closing:
        return Cut.KEEP
    if tag.name in _SILENT:
        return Cut.ELEMENT
    cut = judge(tag)
    return Cut.KEEP if cut is not Cut.REST and tag.name in _VOID else cut


def _edge(tag: Tag) -> str:
    if tag.name in _BREAKING:
        return "\n\n" if tag.name == "p" and tag.closing else "\n"
    return " " if tag.name in ("td", "th") else ""


def _tidy(text: str) -> str:
    """The lines without spaces around them and with at most one empty line between them."""
    lines = [line.strip() for line in text.split("\n")]
    if "\x02" in lines:
        lines = list(_quoted(lines))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _quoted(lines: list[str]) -> Iterator[str]:
    """Turn the marks around quoted elements into "> " before each of their lines."""
    inside = False
    for line in lines:
        if line in ("\x02", "\x03"):
            inside = line == "\x02"
            yield ""
        elif line or not inside:
            yield f"> {line}" if inside else line
