"""The printed formats of an inbox's credentials, five or seven parts between bars.

`email|password|smtphost|smtpport|displayname`, and with `|imaphost|imapport` behind it
(source-runbooks.md, runbooks 4 and 9).
"""

from dataclasses import dataclass, field
from ipaddress import ip_address

from marketing_agent.mail.address import Address, AddressError, normalise

FORMATS = "email|password|smtphost|smtpport|displayname, optionally with |imaphost|imapport"
SHORT, LONG = 5, 7
IMAP_PORT = 993
HIGHEST_PORT = 65535

IMAP_HOSTS = {
    "smtp.office365.com": "outlook.office365.com",
    "smtp-mail.outlook.com": "outlook.office365.com",
    "smtp-legacy.office365.com": "outlook.office365.com",
    "smtp.ionos.de": "imap.ionos.de",
    "mail.gandi.net": "mail.gandi.net",
    "mail.infomaniak.com": "mail.infomaniak.com",
    "ssl0.ovh.net": "ssl0.ovh.net",
    "mail.privateemail.com": "mail.privateemail.com",
    "smtpout.secureserver.net": "imap.secureserver.net",
    "mail.your-server.de": "mail.your-server.de",
}
"""Providers whose IMAP host does not follow from `smtp.` by its name."""


class CredentialsError(ValueError):
    """The text is not in a format of credentials; the message never holds any part of it."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What logs an inbox in; the password stays out of every repr. `imap` None: not known."""

    address: Address
    password: str = field(repr=False)
    smtp: Server
    display_name: str
    imap: Server | None


def parse_credentials(text: str) -> Credentials:
    """Read credentials in either format; a password may hold bars, so both ends are read first.

    Raises:
        CredentialsError: saying which part is wrong, without its value.
    """
    parts = text.strip("\r\n").split("|")
    if len(parts) < SHORT:
        raise CredentialsError(f"The credentials have fewer than five parts; expected {FORMATS}.")
    return _long(parts) if _is_long(parts) else _short(parts)


def derive_imap(smtp_host: str) -> Server | None:
    """Give the IMAP server that belongs to an SMTP host, or None where it would be a guess."""
    host = smtp_host.lower().rstrip(".")
    if host in IMAP_HOSTS:
        return Server(IMAP_HOSTS[host], IMAP_PORT)
    first, _, rest = host.partition(".")
    return Server(f"imap.{rest}", IMAP_PORT) if first == "smtp" and "." in rest else None


def _is_long(parts: list[str]) -> bool:
    # The last but one is a port in the short format and a host in the long one: never both.
    return len(parts) >= LONG and _is_port(parts[-1]) and not _is_port(parts[-2])


def _is_port(part: str) -> bool:
    return part.strip().isascii() and part.strip().isdigit()


def _short(parts: list[str]) -> Credentials:
    smtp = _server("SMTP", parts[-3], parts[-2])
    return _credentials(parts[0], parts[1:-3], smtp, parts[-1], derive_imap(smtp.host))


def _long(parts: list[str]) -> Credentials:
    smtp = _server("SMTP", parts[-5], parts[-4])
    imap = _server("IMAP", parts[-2], parts[-1]) if parts[-2].strip() else derive_imap(smtp.host)
    return _credentials(parts[0], parts[1:-5], smtp, parts[-3], imap)


def _credentials(
    email: str, password: list[str], smtp: Server, name: str, imap: Server | None
) -> Credentials:
    secret = "|".join(password)
    if not secret:
        raise CredentialsError("The password (second part) is empty.")
    return Credentials(_address(email), secret, smtp, name.strip()[:200], imap)


def _address(email: str) -> Address:
    try:
        return normalise(email)
    except AddressError:
        # The sentence of AddressError quotes the text, which may be a misplaced password.
        raise CredentialsError("The first part is not an e-mail address.") from None


def _server(protocol: str, host: str, port: str) -> Server:
    number = int(port) if _is_port(port) and len(port.strip()) < len("100000") else 0
    if not 0 < number <= HIGHEST_PORT:
        raise CredentialsError(f"The {protocol} port is not a number from 1 to 65535.")
    if not _is_host(host.strip()):
        raise CredentialsError(f"The {protocol} host is not a host name.")
    return Server(host.strip(), number)


def _is_host(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        labels = host.rstrip(".").split(".")
        return host.isascii() and all(
            label.replace("-", "").replace("_", "").isalnum() for label in labels
        )
