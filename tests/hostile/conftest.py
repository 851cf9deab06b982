"""The mail room of the outbox's tests, for servers and workers that behave badly."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.settings import settings
from outbox.conftest import certificates, room, smtp
from outbox.mailroom import MailRoom

__all__ = ["certificates", "contexts", "elsewhere", "patience", "room", "smtp"]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate of another host, from an authority that clients trust here."""
    return make_certificates(tmp_path_factory.mktemp("elsewhere"), "mail.elsewhere.example")


@pytest.fixture(scope="session")
def contexts(
    elsewhere: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ssl.SSLContext]:
    """TLS as the servers begin it that are not whom we trust."""
    stranger = make_certificates(tmp_path_factory.mktemp("stranger"))
    return {"elsewhere": elsewhere.server_context(), "stranger": stranger.server_context()}


Patience = Callable[[bool], None]
"""Sets how long servers may take: a moment where the test waits for it to pass, else long enough."""


@pytest.fixture
def patience(
    room: MailRoom,  # noqa: ARG001  it sets its own environment first
    certificates: Certificates,
    elsewhere: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Patience:
    """Trust two authorities, and wait as long as told."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificates.ca_file.read_bytes() + elsewhere.ca_file.read_bytes())

    def wait(briefly: bool) -> None:
        for step in ("STEP", "FINAL"):
            monkeypatch.setenv(f"MARKETING_AGENT_SMTP_{step}_S", "0.5" if briefly else "10")
        monkeypatch.setenv("MARKETING_AGENT_CA_FILE", str(trusted))
        settings.cache_clear()

    wait(False)
    return wait
