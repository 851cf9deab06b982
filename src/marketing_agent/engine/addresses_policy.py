"""Which addresses we refuse to write to although they may be valid: rules about strings alone.

Lists of addresses come scraped: image names (x@2x.png), percent signs (%20info@…), missing
top-level domains, placeholders, and functions instead of persons (info@). Syntax is
mail/address.py's business.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_FILE_ENDINGS = frozenset(
    """
    png jpg jpeg gif svg webp avif bmp ico tif tiff heic css js mjs json xml html htm php
    pdf woff woff2 ttf eot mp4 webm mp3 wav doc docx xls xlsx csv
    """.split()  # noqa: SIM905  thirty quotation marks read worse
)
# RFC 2606 and RFC 6761; the reserved names under .arpa and .onion carry no mail either.
_TEST_ENDINGS = frozenset(
    """
    test example invalid localhost local localdomain internal
    """.split()  # noqa: SIM905  thirty quotation marks read worse
)
_TEST_DOMAINS = frozenset(
    """
    example.com example.org example.net example.edu domain.com domain.tld yourdomain.com
    your-domain.com mydomain.com yourcompany.com yoursite.com mysite.com test.com test.de
    email.tld mail.tld sentry.io sentry.wixpress.com sentry-next.wixpress.com
    """.split()  # noqa: SIM905  thirty quotation marks read worse
)
_PERCENT = re.compile(r"%[0-9a-f]{2}|\\?u00[0-9a-f]{2}|&(?:nbsp|amp|lt|gt|#\d+);", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{24,}")
_TLD = re.compile(r"(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})\Z")
_LEADING = re.compile(r"[a-z]+(?:-(?=reply|not|daemon)[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is refused: a code for machines, a sentence for the report."""

    code: str
    message: str


def refuse_address(address: str, *, allow_role: bool, allow_test_domain: bool) -> Refusal | None:
    """Say why an address is refused, or None. Never raises.

    Args:
        address: bare, as `local@domain`.
        allow_role: let functions such as info@ pass.
        allow_test_domain: let domains pass that only tests and the sandbox use (RFC 2606).
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at or not local or not domain:
        return Refusal("not_an_address", f"{address!r} has no local part or no domain.")
    return (
        _scraped(local, domain)
        or _domain(domain, allow_test_domain=allow_test_domain)
        or (None if allow_role else _role(local))
    )


def is_role(local: str) -> bool:
    """Say whether a local part names a function (info, reservas, buchhaltung-2) and not a person."""
    bare = _plain(local).partition("+")[0]
    whole, leading = _role_names()
    core = bare.rstrip("0123456789").rstrip("._-")
    return core in whole or core in leading or _first_word(bare) in leading


def is_test_domain(domain: str) -> bool:
    """Say whether a domain can hold no real mailbox: reserved names and common placeholders."""
    domain = domain.casefold().rstrip(".")
    parents = {".".join(domain.split(".")[n:]) for n in range(domain.count(".") + 1)}
    return domain.rpartition(".")[2] in _TEST_ENDINGS or bool(parents & _TEST_DOMAINS)


def _scraped(local: str, domain: str) -> Refusal | None:
    if _PERCENT.search(local) or _PERCENT.search(domain):
        return Refusal("encoded", "The address holds remains of a web page, such as %20.")
    if _ending(domain) in _FILE_ENDINGS or _ending(local) in _FILE_ENDINGS:
        return Refusal("file_name", "This is the name of a file, such as an image, not an address.")
    if _HASH.fullmatch(local):
        return Refusal("machine_made", "The local part is a machine's key, not a person.")
    return None


def _domain(domain: str, *, allow_test_domain: bool) -> Refusal | None:
    if is_test_domain(domain):
        test = Refusal("test_domain", f"{domain} is reserved for tests or a placeholder.")
        return None if allow_test_domain else test
    if "." not in domain.strip("."):
        return Refusal("no_top_level_domain", f"{domain} has no top-level domain.")
    if not _TLD.match(_ending(domain.rstrip("."))):
        return Refusal("no_top_level_domain", f"{domain} does not end in a top-level domain.")
    return None


def _role(local: str) -> Refusal | None:
    if not is_role(local):
        return None
    return Refusal("role_address", f"{local}@ is a function, not a person.")


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def _first_word(local: str) -> str:
    """Give the word before the first separator or digit, keeping no-reply and its like whole."""
    match = _LEADING.match(local)
    word = match.group(0) if match else ""
    return word if local[len(word) :][:1] in {"", *"._-0123456789"} else ""


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _role_names() -> tuple[frozenset[str], frozenset[str]]:
    """Read the data once: names that count as a whole, and names that also lead."""
    data = tomllib.loads(files(__package__).joinpath("role_names.toml").read_text("utf-8"))
    return _flat(data["whole"]), _flat(data["leading"])


def _flat(by_language: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(name for names in by_language.values() for name in names)
