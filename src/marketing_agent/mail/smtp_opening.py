"""Connecting to an SMTP server: greeting, TLS, login, until it is ready for letters."""

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.smtp_wire import Timeouts, Wire, describe


def open_wire(endpoint: Endpoint, timeouts: Timeouts) -> Wire | SmtpReply:
    """Connect, encrypt and log in; gives the connection, or the reply that stopped us."""
    wire = Wire(endpoint, timeouts)
    refusal = _greet(wire, endpoint) or _encrypt(wire, endpoint) or _login(wire, endpoint)
    if refusal is None:
        return wire
    wire.close()
    return refusal


def _greet(wire: Wire, endpoint: Endpoint) -> SmtpReply | None:
    phase = Phase.CONNECT
    try:
        wire.connect()
        if endpoint.security == "tls":
            phase = Phase.TLS
            wire.wrap()
            phase = Phase.CONNECT
        return _refusal(phase, wire.hear()) or _refusal(phase, wire.hello())
    except OSError as error:
        return broken(phase, error)


def _encrypt(wire: Wire, endpoint: Endpoint) -> SmtpReply | None:
    """STARTTLS where asked for is required: a server without it is refused (RFC 3207 §6)."""
    if endpoint.security != "starttls":
        return None
    if not wire.offers("starttls"):
        return SmtpReply(Phase.TLS, None, "The server does not offer STARTTLS.")
    try:
        refusal = _refusal(Phase.TLS, wire.ask("STARTTLS"))
        if refusal is not None:
            return refusal
        wire.wrap()
        return _refusal(Phase.TLS, wire.hello())
    except OSError as error:
        return broken(Phase.TLS, error)


def _login(wire: Wire, endpoint: Endpoint) -> SmtpReply | None:
    if not endpoint.username:
        return None
    try:
        code, text = wire.authenticate(endpoint.username, endpoint.password)
    except OSError as error:
        return SmtpReply(Phase.LOGIN, None, endpoint.hush(broken(Phase.LOGIN, error).text))
    return _refusal(Phase.LOGIN, (code, endpoint.hush(text)))


def _refusal(phase: Phase, answer: tuple[int, str]) -> SmtpReply | None:
    code, text = answer
    if 200 <= code < 300:  # noqa: PLR2004  RFC 5321 §4.2.1: 2yz is success
        return None
    return SmtpReply(phase, code, without_nul(text))


def broken(phase: Phase, error: OSError) -> SmtpReply:
    """Write a break down as a reply without a code; its sentence may hold words of the server."""
    return SmtpReply(phase, None, without_nul(describe(error)))


def without_nul(text: str) -> str:
    """A reply is kept word for word, and PostgreSQL keeps no NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
