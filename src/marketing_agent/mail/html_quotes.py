"""Which elements of an HTML mail are not the writer's own: by the names that mail programs give them."""

from marketing_agent.mail.html_text import MAX_HTML, Cut, Tag, to_text, tokens
from marketing_agent.mail.pasted_header import is_forwarded
from marketing_agent.mail.quote_marks import fold, marks

_SPACES = str.maketrans("", "", " \t\r\n\"'")
_MAX_CHECKED = 3  # quotes that are looked into for a forwarded mail
_SIGHT = 1500  # characters of HTML before its title
_LONGEST = 4000  # characters of a tag's attributes that are looked at


def certain(tag: Tag) -> Cut:
    """Judge a tag by its name, class and style alone."""
    if not tag.attributes:
        return Cut.KEEP
    attributes = tag.attributes[:_LONGEST].translate(_SPACES)
    known = marks()
    if any(piece in attributes for piece in known.html_rests):
        return Cut.REST
    if any(piece in attributes for piece in known.html_quotes):
        return Cut.AROUND if tag.name == "div" and "gmail_quote" in attributes else Cut.QUOTE
    if tag.name == "blockquote" and "border-left" in attributes:
        return Cut.QUOTE
    if any(piece in attributes for piece in known.html_signatures):
        return Cut.ELEMENT
    return Cut.KEEP


class Judge:
    """As `certain`, and the last block quote that says nothing of itself is the answered mail, too.

    Earlier ones may be the writer's own, who quotes a law or a customer.
    """

    def __init__(self, html: str) -> None:
        self._html = html
        self._last = _last_bare(html)
        self._quotes = 0
        self._forwards = False
        self.cuts: set[Cut] = set()  # what certain marks asked for
        self.guessed = False

    def __call__(self, tag: Tag) -> Cut:
        """What to do with the element that `tag` opens."""
        if self._forwards:
            return Cut.KEEP
        if tag.start == self._last:
            self.guessed = True
            return Cut.QUOTE
        cut = self._checked(certain(tag), tag)
        self.cuts.add(cut)
        return cut

    def _checked(self, cut: Cut, tag: Tag) -> Cut:
        """Gmail marks a forwarded mail as a quote, too; the writer chose to show it."""
        if cut not in (Cut.QUOTE, Cut.AROUND) or self._quotes >= _MAX_CHECKED:
            return cut
        self._quotes += 1
        text = to_text(self._html[tag.start : tag.start + _SIGHT])
        self._forwards = is_forwarded(fold(text.partition("\n")[0]))
        return Cut.KEEP if self._forwards else cut


def _last_bare(html: str) -> int:
    """Where the last block quote without marks stands that lies in no other; -1 for nowhere."""
    depth, last = 0, -1
    if "<blockquote" not in html.lower():
        return last
    for token in tokens(html[:MAX_HTML]):
        if isinstance(token, str) or token.name != "blockquote":
            continue
        if depth == 0 and not token.closing and certain(token) is Cut.KEEP:
            last = token.start
        depth = max(0, depth + (-1 if token.closing else 1))
    return last
