"""From an inbox to the servers that it logs in to, and a trial of both logins."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from marketing_agent.inboxes.credentials import Credentials, Server
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.lookup import key_of
from marketing_agent.inboxes.models import Inbox
from marketing_agent.inboxes.secrets import find_credentials
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapError, ImapSession
from marketing_agent.mail.smtp import SmtpSession
from marketing_agent.operations.errors import BadValueError
from marketing_agent.settings import settings

SMTPS = frozenset({465, 2465, 10465})  # RFC 8314 section 7.3, and where that port is not free
IMAP = frozenset({143, 2143, 10143})


@dataclass(frozen=True, slots=True)
class ProtocolVerdict:
    """Whether a login works. `ok` None: it could not be tried; `said` is a sentence either way."""

    ok: bool | None
    said: str
    latency_ms: int | None = None


@dataclass(frozen=True, slots=True)
class InboxVerdict:
    """What a trial of an inbox found, protocol by protocol."""

    address: str
    smtp: ProtocolVerdict
    imap: ProtocolVerdict

    @property
    def ok(self) -> bool:
        """Whether both logins work."""
        return bool(self.smtp.ok and self.imap.ok)


def test_inbox(address: str) -> InboxVerdict:
    """Log in over SMTP and IMAP without sending anything; never raises.

    Works for an inbox, and for an address that is known only from a secret.
    """
    try:
        credentials = _credentials(address)
    except BadValueError as error:
        unknown = ProtocolVerdict(None, str(error))
        return InboxVerdict(address, unknown, unknown)
    smtp = _timed(lambda: _smtp_trouble(smtp_of(credentials)), credentials)
    imap = _timed(lambda: _imap_trouble(credentials), credentials)
    return InboxVerdict(credentials.address.envelope, smtp, imap)


def _credentials(address: str) -> Credentials:
    key = key_of(address)
    inbox = Inbox.objects.filter(address_key=key).first()
    if inbox is not None:
        return credentials_of(inbox)
    found = find_credentials(key)
    if found is None:
        raise SecretError(f"Neither an inbox nor a secret is known for {address}.")
    return found[1]


def _timed(trouble_of: Callable[[], str], credentials: Credentials) -> ProtocolVerdict:
    begun = monotonic()
    try:
        trouble = trouble_of()
    except SecretError as error:
        return ProtocolVerdict(None, str(error))
    taken = round((monotonic() - begun) * 1000)
    # A server may repeat in its answer what it was told.
    said = trouble.replace(credentials.password, "********") or "The login works."
    return ProtocolVerdict(not trouble, said, taken)


def _smtp_trouble(endpoint: Endpoint) -> str:
    session = SmtpSession(endpoint)
    refusal = session.open()
    session.quit()
    if refusal is None:
        return ""
    code = "" if refusal.code is None else f" {refusal.code}"
    return f"{endpoint.host}:{endpoint.port} ({refusal.phase}){code}: {refusal.text or 'no answer'}"


def _imap_trouble(credentials: Credentials) -> str:
    session = ImapSession(imap_of(credentials))
    try:
        session.open()
        session.folders()
    except ImapError as error:
        return str(error)
    finally:
        session.close()
    return ""


def credentials_of(inbox: Inbox) -> Credentials:
    """Give an inbox's credentials as the secrets stand now.

    Raises:
        SecretError: when no secret holds its address.
    """
    found = find_credentials(inbox.address_key, inbox.secret_name)
    if found is None:
        raise SecretError(
            f"No secret holds the credentials of {inbox.address}; "
            f"put them: marketing-agent secret put {inbox.secret_name}"
        )
    return found[1]


def smtp_endpoint(inbox: Inbox) -> Endpoint:
    """Give the server that the inbox sends through.

    Raises:
        SecretError: when no secret holds its address.
    """
    return smtp_of(credentials_of(inbox))


def imap_endpoint(inbox: Inbox) -> Endpoint:
    """Give the server that the inbox is read from.

    Raises:
        SecretError: when no secret holds its address, or the secret does not tell the IMAP host.
    """
    return imap_of(credentials_of(inbox))


def smtp_of(credentials: Credentials) -> Endpoint:
    """Give the SMTP server; the ports of `SMTPS` speak TLS at once, all others by STARTTLS."""
    return _endpoint(credentials, credentials.smtp, implicit_tls=credentials.smtp.port in SMTPS)


def imap_of(credentials: Credentials) -> Endpoint:
    """Give the IMAP server; the ports of `IMAP` begin with STARTTLS, all others speak TLS at once.

    Raises:
        SecretError: when the IMAP host is not known.
    """
    if credentials.imap is None:
        raise SecretError(
            f"The IMAP host of {credentials.address.envelope} is not known; "
            "put its secret again in the form with seven parts (…|imaphost|imapport)."
        )
    implicit = credentials.imap.port not in IMAP
    return _endpoint(credentials, credentials.imap, implicit_tls=implicit)


def _endpoint(credentials: Credentials, server: Server, *, implicit_tls: bool) -> Endpoint:
    return Endpoint(
        host=server.host,
        port=server.port,
        security="tls" if implicit_tls else "starttls",
        username=credentials.address.envelope,
        password=credentials.password,
        ca_file=settings().ca_file or None,
        loopback_only=settings().sandbox,
    )
