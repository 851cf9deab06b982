"""Strategies for texts: what people, their mail programs and servers write, wrongly put together."""

from hypothesis import strategies as st

from fuzz.worst_texts import TEXTS

_HARD = (
    "\0",
    "\r",
    "\u2028",
    "\u0085",
    "\ufeff",
    "\u200b",
    "\u202e",
    "\udc80",
    "\ud83d",
    "\u0130",
    "\ufdfa",
    "&#" + "9" * 5_000 + ";",
    "&#xd800;",
    "&#0;",
    "&notit;",
    "<",
    "</",
    "<!--",
    "<![CDATA[",
    "<style>",
    "<blockquote type=cite>",
    '<div class="gmail_quote">',
    "<div id=divRplyFwdMsg>",
    "> ",
    "\n> > ",
    "\n-- \n",
    "\nOn Tue, May 6, 2031 at 9:08 AM Max <max@acme.example> wrote:\n",
    "\nAm 06.05.2031 um 09:08 schrieb Max:\n",
    "\n-----Original Message-----\n",
    "\nFrom: Max\nSent: Tuesday\nTo: Grace\nSubject: x\n",
    "\nSent from my iPhone",
    "\n________________________________\n",
    "=?utf-8?q?=F0?=",
    "=?utf-7?b?K0RIS2w-?=",
    "=?x?b?====?=",
    "=?punycode?q?a-?=",
    "<a@b.example>",
    "a@b@c.example",
    "<@>",
    '"a\\"@b"@c.example',
    "550 5.1.1 user unknown ",
    "452-4.2.2 ",
    "5.7.999.9",
    "not interested, but ",
    "unsubscribe",
    "can't wait! ",
    "until 31 February 9999",
    "on 99/99/9999",
    "0000-00-00",
    "in 99999999999999999999 months ",
    "next year? ",
    "{{ name }}",
    "\n",
    "\n\n",
    " ",
    "\t",
    "word ",
)

_ALL = sorted({*_HARD, *(each.piece for each in TEXTS.values())})
# By number, because a strategy is printed with everything that it may sample.
_PIECES = st.integers(0, len(_ALL) - 1).map(lambda number: _ALL[number])


def texts() -> st.SearchStrategy[str]:
    """Give short and middling texts of any letters and of known pieces, some of them repeated."""
    repeated = st.builds(str.__mul__, _PIECES, st.integers(1, 40))
    return st.lists(_PIECES | repeated | st.text(max_size=30), max_size=12).map("".join)


def as_bytes(text: str) -> bytes:
    """Undo what targets do to their food."""
    return text.encode("utf-8", "surrogatepass")
