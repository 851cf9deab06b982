"""Texts that make a careless reader slow: a piece again and again, and an end that disappoints.

The end matters: what matches at once is fast, what almost matches is tried from every place.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text of any length: `head`, `piece` as often as it fits, `tail`."""

    piece: str
    tail: str = "!"
    head: str = ""

    def __call__(self, size: int) -> bytes:
        """Make it, about `size` bytes long."""
        piece = self.piece.encode("utf-8", "surrogateescape")
        middle = piece * (size // len(piece))
        return self.head.encode() + middle + self.tail.encode("utf-8", "surrogateescape")


_DEEP = "> > > > > > > > "
_DATE = "2031-05-06 "
_DATE_LED = "2031-05-06 9:08 "
_LEVELS = "".join(">" * level + " a\n" for level in range(1, 12))

QUOTES = {
    "On On On": Repeated("On "),
    "On in lines": Repeated("On\n"),
    "On Mon On Mon": Repeated("On Mon, "),
    "On Mon in lines": Repeated("On Mon, Max\n"),
    "On with address": Repeated("On 1 <a@b> "),
    "dashes before On": Repeated("-- On Mon "),
    "introduction without verb": Repeated(
        "On Tue, May 6, 2031 at 9:08 AM Max <max@acme.example>\n"
    ),
    "verbs": Repeated("wrote: "),
    "verbs in lines": Repeated("wrote:\n"),
    "verbs without colon": Repeated("schrieb kl "),
    "dates": Repeated(_DATE),
    "dates with time in lines": Repeated(f"{_DATE_LED}Max\n"),
    "date and zone": Repeated("06.05.2031, 9:08 GMT+02:00 "),
    "quote marks": Repeated(">", "x"),
    "quote marks with blanks": Repeated("> ", "x"),
    "quote marks in lines": Repeated(">\n", "x"),
    "nested quotes": Repeated(_LEVELS),
    "deep quotes in lines": Repeated(f"{_DEEP}On\n"),
    "bars": Repeated("|", "x"),
    "From From From": Repeated("From: "),
    "From in lines": Repeated("From: a\n"),
    "pasted headers": Repeated("From: a\nSent: b\nTo: c\nSubject: d\n\n"),
    "fields of other languages": Repeated("Von: a\nGesendet\u00a0: b\nAn\uff1a c\n"),
    "stars around fields": Repeated("*From:* a\n"),
    "original message": Repeated("-----Original Message"),
    "original message in lines": Repeated("----- Original Message -\n"),
    "forwarded": Repeated("---------- Forwarded message\n"),
    "signature marks": Repeated("-- \n", "x"),
    "devices": Repeated("Sent from my iPhone. "),
    "devices in lines": Repeated("Sent from my iPhone\nx\n", "."),
    "disclaimers": Repeated("This e-mail is confidential and intended only for the addressee. "),
    "signature of contacts": Repeated("Tel: +44 20 7946 0000 | www.example.com\n"),
}

SHAPES = {
    "one word": Repeated("a"),
    "words in a line": Repeated("word "),
    "capitals": Repeated("A", "a"),
    "lines": Repeated("a\n"),
    "empty lines": Repeated("\n", "x"),
    "blanks": Repeated(" ", "x"),
    "tabs": Repeated("\t", "x"),
    "blanks before a line end": Repeated(" ", "\nx"),
    "blanks and lines": Repeated(" \n", "x"),
    "long blank lines": Repeated(f"{' ' * 400}\n", "x"),
    "blanks behind a word": Repeated(" ", "x", head="Hello Grace,\n\nyes"),
    "no-break spaces": Repeated("\u00a0", "x"),
    "zero-width spaces": Repeated("\u200b", "x"),
    "returns": Repeated("\r", "x"),
    "returns and words": Repeated("a\r"),
    "wrong line ends": Repeated("a\r\r\n"),
    "NUL": Repeated("\0", "x"),
    "vertical tabs": Repeated("\v\f", "x"),
    "line separators": Repeated("\u2028\u0085", "x"),
    "underscores": Repeated("_", "x"),
    "underscores in lines": Repeated("_\n", "x"),
    "dashes": Repeated("-", "x"),
    "dashes and blanks": Repeated("- ", "x"),
    "equals": Repeated("=", "x"),
    "stars": Repeated("*", "x"),
    "mixed rules": Repeated("-=*_ #~", "x"),
    "dots": Repeated(".", "x"),
    "colons": Repeated(":", "x"),
    "commas": Repeated(",", "x"),
    "digits": Repeated("1", "x"),
    "digits with dots": Repeated("1.", "x"),
    "enhanced codes": Repeated("5.1.", "x"),
    "codes": Repeated("550 ", "x"),
    "brackets": Repeated("(", "x"),
    "closed brackets": Repeated("()", "x"),
    "square brackets": Repeated("[", "x"),
    "angles": Repeated("<", "x"),
    "angles in lines": Repeated("<\n", "x"),
    "double quotes": Repeated('"', "x"),
    "apostrophes": Repeated("'", "x"),
    "backslashes": Repeated("\\", "x"),
    "at signs": Repeated("@", "x"),
    "addresses": Repeated("a@b.c "),
    "addresses without end": Repeated("a@b."),
    "addresses in angles": Repeated("<a@b.c> "),
    "addresses in lines": Repeated("a@b.c\n"),
    "plus tags": Repeated("a+"),
    "almost an address": Repeated("a."),
    "links": Repeated("https://example.com/a?b=c "),
    "combining accents": Repeated("\u0301", "x"),
    "ligatures that grow": Repeated("\ufdfa", "x"),
    "sharp s": Repeated("\u00df", "x"),
    "dotted I": Repeated("\u0130", "x"),
    "half characters": Repeated("\udc80\udcff", "x"),
    "emoji": Repeated("\U0001f468\u200d\U0001f469", "x"),
    "right to left": Repeated("\u202e\u0627", "x"),
}

WORDS = {
    "not not not": Repeated("not "),
    "not interested": Repeated("not interested "),
    "almost interested": Repeated("interest "),
    "question marks": Repeated("?"),
    "question marks and words": Repeated("why? "),
    "clauses": Repeated("no, but "),
    "idioms": Repeated("can't wait, why not "),
    "contractions": Repeated("n't"),
    "stems": Repeated("interesse", "\u00e9"),
    "until until": Repeated("until "),
    "back on": Repeated("I am back on 6 "),
    "away with dates": Repeated("out of office until 6 May 2031. "),
    "dates with names": Repeated("6 May 2031 Monday "),
    "dates in digits": Repeated("06/05/2031 "),
    "relative dates": Repeated("in 3 months next year "),
    "referrals": Repeated("please contact Grace Hopper "),
    "referrals with addresses": Repeated("please contact Grace (grace@example.net) "),
    "names": Repeated("Grace "),
    "opt-outs by half": Repeated("take me off your "),
    "delivery has failed": Repeated("delivery has failed "),
    "could not be": Repeated("could not be "),
    "recipients by half": Repeated("recipient address "),
    "said": Repeated("said: 550 "),
    "said without code": Repeated("said: "),
    "RCPT TO": Repeated("RCPT TO:<a@"),
    "diagnostics": Repeated(
        "host mx.example.net[192.0.2.1] said: 550 5.1.1 <a@b.c>: user unknown\n"
    ),
    "will be": Repeated("will be "),
    "temporary error": Repeated("temporary error "),
    "verify that you": Repeated("verify that you are "),
    "click to": Repeated("click follow visit "),
    "confirm": Repeated("confirm "),
    "copy of the message": Repeated("---- copy of the original "),
    "header by half": Repeated("Received: a\n"),
    "headers and prose": Repeated("Received: a\nFrom: b\nprose\n"),
    "indented headers": Repeated("    From: a\n    To: b\n"),
    "identifiers": Repeated("<a@b> "),
    "identifiers without end": Repeated("<a"),
    "encoded words": Repeated("=?utf-8?q?a?= "),
    "encoded words by half": Repeated("=?utf-8?q?"),
    "encoded word begins": Repeated("=?"),
    "encoded word ends": Repeated("?= "),
    "encoded words of unknown charsets": Repeated("=?x-nobody?b?YQ?= "),
    "encoded word with a long charset": Repeated("a", "?q?a?=", head="=?"),
    "placeholders": Repeated("{{ a "),
    "percent placeholders": Repeated("%first"),
    "square placeholders": Repeated("[Name "),
}

HTML = {
    "tags by half": Repeated("<a "),
    "tags": Repeated("<b>"),
    "nested divisions": Repeated("<div>"),
    "ended divisions": Repeated("</div>"),
    "nested quotes": Repeated("<blockquote type=cite>"),
    "quotes by class": Repeated('<div class="gmail_quote">'),
    "nested tables": Repeated("<table><tr><td>"),
    "nested lists": Repeated("<ul><li>"),
    "paragraphs": Repeated("<p>a</p>"),
    "breaks": Repeated("<br>"),
    "comments": Repeated("<!-- a -->"),
    "comments without end": Repeated("<!-- "),
    "comment ends": Repeated("--> "),
    "declarations": Repeated("<!a "),
    "conditional comments": Repeated("<!--[if mso]>"),
    "silent elements": Repeated("<style>"),
    "scripts by half": Repeated("<script></scrip>"),
    "attributes": Repeated('a="b" ', ">", head="<p "),
    "attributes without end": Repeated("a='b ", head="<p "),
    "attributes that are nearly quotes": Repeated("type = ", ">", head="<blockquote "),
    "class by half": Repeated("class = '", ">", head="<div "),
    "borders by half": Repeated("border:none;border-top: ", ">", head="<div style="),
    "entities": Repeated("&amp;"),
    "entities without end": Repeated("&amp"),
    "ampersands": Repeated("&"),
    "unknown entities": Repeated("&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "long numeric entities": Repeated("&#9999999999"),
    "entities of too many digits": Repeated(f"&#{'9' * 500};"),
    "an entity of all letters": Repeated("a", ";", head="&"),
    "entities of line ends": Repeated("&#10;"),
    "a tag in a tag": Repeated("<b<i"),
    "slashes": Repeated("</"),
    "namespaces": Repeated("<o:p></o:p>"),
    "blanks in HTML": Repeated("&nbsp; "),
    "hidden text": Repeated('<span style="display:none">a</span>'),
}

TEXTS = {
    **{f"quote: {name}": each for name, each in QUOTES.items()},
    **{f"shape: {name}": each for name, each in SHAPES.items()},
    **{f"words: {name}": each for name, each in WORDS.items()},
    **{f"html: {name}": each for name, each in HTML.items()},
}
