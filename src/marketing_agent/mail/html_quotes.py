"""Which elements of an HTML mail are not the writer's own: by the names that mail programs give them."""

from marketing_agent.mail.html_text import MAX_HTML, Cut, Tag, tokens
from marketing_agent.mail.quote_marks import marks

_SPACES = str.maketrans("", "", " \t\r\n\"'")
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
        self._last = _last_bare(html)
        self.cuts: set[Cut] = set()  # what certain marks asked for
        self.guessed = False

    def __call__(self, tag: Tag) -> Cut:
        """What to do with the element that `tag` opens."""
        if tag.start == self._last:
            self.guessed = True
            return Cut.QUOTE
        cut = certain(tag)
        self.cuts.add(cut)
        return cut


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
