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
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


class Cut(StrEnum):
    """What to do with an element that is not the writer's own text."""

    KEEP = "keep"
    ELEMENT = "element"  # leave out this element and go on behind it
    REST = "rest"  # leave out this element and everything behind it


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; `attributes` is the raw text behind the name, in lower case."""

    name: str
    closing: bool
    attributes: str


def keep_all(_tag: Tag) -> Cut:
    """Leave nothing out."""
    return Cut.KEEP


def to_text(html: str, judge: Callable[[Tag], Cut] = keep_all) -> str:
    """Render HTML as text without the elements that `judge` cuts; never raises."""
    pieces: list[str] = []
    skipping, depth = "", 0
    for token in tokens(html[:MAX_HTML]):
        if skipping:
            depth += _step(token, skipping)
            skipping = skipping if depth > 0 else ""
        elif isinstance(token, str):
            pieces.append(_unescaped(token))
        else:
            cut = _verdict(token, judge)
            if cut is Cut.REST:
                break
            skipping, depth = (token.name, 1) if cut is Cut.ELEMENT else ("", 0)
            pieces.append(_edge(token))
    return _tidy("".join(pieces))


def tokens(html: str) -> Iterator[str | Tag]:
    """Cut HTML into texts and tags; comments and declarations are left out."""
    position = 0
    while (opening := html.find("<", position)) >= 0:
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
    return Tag(found[2].lower(), bool(found[1]), attributes), end


def _behind(html: str, mark: str, start: int) -> int:
    """The place behind the next mark; without one the rest belongs to it, as browsers do."""
    found = html.find(mark, start)
    return len(html) if found < 0 else found + len(mark)


def _unescaped(text: str) -> str:
    try:
        return _SPACES.sub(" ", unescape(text))
    except ValueError:  # &#999…; with more digits than int() accepts
        return _SPACES.sub(" ", text)


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
    return Cut.KEEP if cut is Cut.ELEMENT and tag.name in _VOID else cut


def _edge(tag: Tag) -> str:
    if tag.name in _BREAKING:
        return "\n\n" if tag.name == "p" and tag.closing else "\n"
    return " " if tag.name in ("td", "th") else ""


def _tidy(text: str) -> str:
    lines = (line.strip() for line in text.replace("\u00a0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
