"""A mail room: inboxes whose letters go to a real SMTP server of the sandbox on loopback."""

from collections.abc import Iterator

import pytest

from marketing_agent.sandbox.answers import as_usual
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.settings import settings
from outbox.mailroom import MailRoom


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def smtp(
    certificates: Certificates, _sockets_reach_this_machine_only: None
) -> Iterator[SmtpServer]:
    with SmtpServer({"inbox1@example.com": "pw"}, certificates=certificates) as server:
        server.decide = as_usual
        yield server


@pytest.fixture
def room(
    db: None, smtp: SmtpServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailRoom]:
    del db
    for name, value in {
        "MARKETING_AGENT_SANDBOX": "1",
        "MARKETING_AGENT_KEY": "a key of the test",
        "MARKETING_AGENT_CA_FILE": str(certificates.ca_file),
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield MailRoom(smtp)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    """Have one inbox that sends every day, and a campaign of two letters; modules may have their own."""
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign()
    return room
