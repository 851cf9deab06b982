"""By what two rows are the same company."""

import re
import unicodedata
from urllib.parse import urlsplit

_MARKS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile(r"[\W_]+")
_LEGAL_FORMS = frozenset(
    """
    ab ag aps as bv bvba co corp corporation cv doo e eg ek eu eurl ev gbr gesmbh gmbh inc kft kg
    kgaa lda limited llc llp lp ltd mbh nv oe ohg oy plc pty sa sarl sas se sl sp spa srl srls
    sro ug und and
    """.split()  # noqa: SIM905  fifty quotation marks read worse
)
_KEY_LENGTH = 520  # the column's


def fold(text: str) -> str:
    """Reduce text to lower-case words without accents and punctuation."""
    lowered = text.casefold()
    if not lowered.isascii():
        lowered = _MARKS.sub("", unicodedata.normalize("NFKD", lowered))
    return _GAPS.sub(" ", lowered).strip()


def company_key(company: str, city: str) -> str:
    """Give the identity of a company in a city; empty unless both are known.

    Legal forms at the end do not count: "Hotel Adler GmbH & Co. KG" is "Hotel Adler".
    """
    name, place = _without_legal_form(fold(company)), fold(city)
    return f"{name}|{place}"[:_KEY_LENGTH] if name and place else ""


def site_key(website: str) -> str:
    """Give the identity of a row that has nothing but a website; empty when it names no host."""
    host = (urlsplit(website).hostname or "").removeprefix("www.")
    return f"site:{host}"[:_KEY_LENGTH] if host else ""


def _without_legal_form(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)
