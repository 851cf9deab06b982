"""The mail room of the outbox's tests, for servers and workers that behave badly."""

import ssl
from pathlib import Path

import pytest

from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.settings import settings
from outbox.conftest import certificates, room, smtp
from outbox.mailroom import MailRoom

__all__ = ["certificates", "contexts", "elsewhere", "impatient", "room", "smtp"]

SECONDS = "0.4"


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate of another host, from an authority that `impatient` clients trust."""
    return make_certificates(tmp_path_factory.mktemp("elsewhere"), "mail.elsewhere.example")


@pytest.fixture(scope="session")
def contexts(
    elsewhere: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ssl.SSLContext]:
    """TLS as the servers begin it that are not whom we trust."""
    stranger = make_certificates(tmp_path_factory.mktemp("stranger"))
    return {"elsewhere": elsewhere.server_context(), "stranger": stranger.server_context()}


@pytest.fixture
def impatient(
    room: MailRoom,  # noqa: ARG001  it sets its own environment first
    certificates: Certificates,
    elsewhere: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wait for servers a moment only, and trust two authorities."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificates.ca_file.read_bytes() + elsewhere.ca_file.read_bytes())
    monkeypatch.setenv("MARKETING_AGENT_CA_FILE", str(trusted))
    monkeypatch.setenv("MARKETING_AGENT_SMTP_STEP_S", SECONDS)
    monkeypatch.setenv("MARKETING_AGENT_SMTP_FINAL_S", SECONDS)
    settings.cache_clear()
