from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.smtp_server import Security, SmtpServer

ACCOUNT = {"max@acme.example": "pässwörd"}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder: Path = tmp_path_factory.mktemp("certificates")
    return make_certificates(folder)


@pytest.fixture
def smtp_server(certificates: Certificates) -> Iterator[SmtpServer]:
    with SmtpServer(ACCOUNT, certificates=certificates, security=Security.TLS) as server:
        yield server


@pytest.fixture
def endpoint(smtp_server: SmtpServer, certificates: Certificates) -> Endpoint:
    return Endpoint(
        "localhost",
        smtp_server.port,
        "tls",
        "max@acme.example",
        "pässwörd",
        ca_file=str(certificates.ca_file),
        loopback_only=True,
    )
