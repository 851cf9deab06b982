"""From credentials to servers, and the trial of both logins."""

from collections.abc import Iterator

import pytest

from inboxes.world import BY, NOW, an_inbox
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.connection import imap_endpoint, smtp_endpoint, test_inbox
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.settings import settings

test_inbox.__test__ = False  # type: ignore[attr-defined]  # its name is the product's, not pytest's
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("key")]

ADDRESS = "inbox1@example.com"


def put(servers: str, password: str = "x") -> None:  # noqa: S107  made up
    put_secret("SMTP_INBOX_1", f"{ADDRESS}|{password}|{servers}", BY, NOW)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def smtp(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    monkeypatch.setenv("MARKETING_AGENT_CA_FILE", str(certificates.ca_file))
    settings.cache_clear()
    with SmtpServer({ADDRESS: "hunter2"}, certificates=certificates) as server:
        yield server


@pytest.mark.parametrize(
    ("servers", "smtp_security", "imap_security"),
    [
        ("smtp.example.com|465|Ada", "tls", "tls"),
        ("smtp.example.com|587|Ada|imap.example.com|143", "starttls", "starttls"),
        ("127.0.0.1|40465|Ada|127.0.0.1|40143", "starttls", "tls"),
    ],
)
def test_the_port_tells_how_a_server_speaks_tls(
    servers: str, smtp_security: str, imap_security: str
) -> None:
    put(servers)
    inbox = an_inbox()
    assert smtp_endpoint(inbox).security == smtp_security
    assert imap_endpoint(inbox).security == imap_security


def test_an_unknown_imap_host_is_said_so() -> None:
    put("relay.example.net|465|Ada")
    with pytest.raises(SecretError, match="seven parts"):
        imap_endpoint(an_inbox())


def test_the_sandbox_reaches_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_AGENT_SANDBOX", "1")
    settings.cache_clear()
    put("smtp.example.com|465|Ada")
    assert smtp_endpoint(an_inbox()).loopback_only


@pytest.mark.enable_socket
def test_a_trial_logs_in_without_an_inbox_and_sends_nothing(smtp: SmtpServer) -> None:
    put(f"127.0.0.1|{smtp.port}|Ada", "hunter2")
    verdict = test_inbox("INBOX1@example.com")
    assert (verdict.smtp.ok, verdict.smtp.said) == (True, "The login works.")
    assert verdict.imap.ok is None
    assert "seven parts" in verdict.imap.said
    assert not smtp.accepted


@pytest.mark.enable_socket
def test_a_wrong_password_is_a_verdict_that_does_not_tell_it(smtp: SmtpServer) -> None:
    put(f"127.0.0.1|{smtp.port}|Ada|127.0.0.1|1", "wrong-password")
    verdict = test_inbox(ADDRESS)
    assert (verdict.smtp.ok, verdict.imap.ok, verdict.ok) == (False, False, False)
    assert "535" in verdict.smtp.said
    assert "wrong-password" not in repr(verdict)


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_is_a_verdict() -> None:
    put("127.0.0.1|1|Ada|127.0.0.1|1")
    verdict = test_inbox(ADDRESS)
    assert verdict.smtp.ok is False
    assert verdict.smtp.said == "127.0.0.1:1 (connect): Connection refused."
    assert verdict.imap.said == "127.0.0.1 cannot be reached: Connection refused."


@pytest.mark.parametrize("address", ["nobody@example.com", "no address", ""])
def test_an_address_without_a_secret_is_a_verdict_too(address: str) -> None:
    verdict = test_inbox(address)
    assert (verdict.smtp.ok, verdict.imap.ok) == (None, None)


def test_an_inbox_whose_secret_is_gone_is_a_verdict() -> None:
    an_inbox()
    assert "No secret holds" in test_inbox(ADDRESS).smtp.said
