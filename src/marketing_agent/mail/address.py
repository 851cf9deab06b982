"""E-mail addresses: one normal form, so that the same mailbox is never two prospects."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 1000  # characters of raw input; RFC 5321 §4.5.3.1.3 allows 254 for the address itself

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SPACES = re.compile("[\t \u00a0\u2007\u202f\u3000]+")
_ANGLED = re.compile(r"^(?P<display>[^<>]*)<(?P<address>[^<>]*)>$")
_PROVIDERS = (
    ("google", re.compile(r"(^|\.)(google|googlemail|gmail|psmtp)\.com$")),
    (
        "microsoft",
        re.compile(
            r"(^|\.)(outlook\.(com|[a-z]{2,3}(\.[a-z]{2})?)|office365\.us|microsoft\.com|msn\.com"
            r"|(hotmail|live|passport)\.(com|net|[a-z]{2,3}(\.[a-z]{2})?))$"
        ),
    ),
    (
        "yahoo",
        re.compile(
            r"(^|\.)(yahoodns\.net|(ymail|rocketmail|aol|yahoo-inc)\.com"
            r"|yahoo\.(com|[a-z]{2,3})(\.[a-z]{2})?)$"
        ),
    ),
)


class AddressError(ValueError):
    """The text is not an address that mail can be sent to; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox.

    `local` and `domain` are what SMTP is given (the domain in punycode), `key` is the identity:
    case folded, plus tags kept, because `a+b@x` is a mailbox of its own.
    """

    display: str
    key: str
    local: str
    domain: str

    @property
    def envelope(self) -> str:
        """The address as MAIL FROM and RCPT TO want it."""
        return f"{self.local}@{self.domain}"


def normalise(raw: str) -> Address:
    """Turn a cell, header or link (`Name <a@b>`, `mailto:a@b?subject=x`) into an `Address`.

    Raises:
        AddressError: with a sentence for the operator; CR, LF and other control characters are
            refused, never removed, because they forge headers (RFC 5322 §2.2).
    """
    _refuse_unsafe(raw)
    display, bare = _split_display(_squeeze(raw))
    bare = _without_mailto(bare)
    local, domain = _validated(bare)
    # Folding turns a few scripts into capitals; the database asks that a key is lower case.
    return Address(display, f"{local}@{domain}".casefold().lower(), local, domain)


def provider_of(mx_or_domain: str) -> str:
    """Name who runs a mail host or domain: google, microsoft, yahoo, else the name itself."""
    host = mx_or_domain.strip().rstrip(".").lower()
    return next((name for name, pattern in _PROVIDERS if pattern.search(host)), host)


def _refuse_unsafe(raw: str) -> None:
    if len(raw) > MAX_LENGTH:
        raise AddressError(f"The address is longer than {MAX_LENGTH} characters.")
    if _CONTROL.search(raw):
        raise AddressError("The address contains a line break or another control character.")


def _squeeze(raw: str) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub("", raw)).strip()


def _split_display(text: str) -> tuple[str, str]:
    angled = _ANGLED.match(text)
    if angled is None:
        return "", text
    display = angled["display"].strip().strip("\"'").strip()
    return display.replace('\\"', '"'), angled["address"].strip()


def _without_mailto(text: str) -> str:
    if text[:7].lower() == "mailto:":
        return text[7:].split("?", 1)[0].strip()
    return text


def _validated(bare: str) -> tuple[str, str]:
    if "@" not in bare:
        raise AddressError(f"{bare!r} has no @." if bare else "The address is empty.")
    try:
        # Which domains are for tests only is a policy (engine.addresses_policy), not syntax.
        found = validate_email(bare, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AddressError(f"{bare!r} is not an address: {error}") from error
    domain = found.ascii_domain.lower()
    _require_top_level_domain(domain)
    return found.local_part, domain


def _require_top_level_domain(domain: str) -> None:
    last = domain.rpartition(".")[2]
    if "." not in domain or last.isdigit():
        raise AddressError(f"The domain {domain!r} has no top-level domain.")
