"""One Dovecot and one Postfix for all contract tests of a process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketing_agent.mail.endpoint import Endpoint, Security
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from servers.dovecot import Dovecot, DovecotMissingError, check_dovecot, running_dovecot
from servers.postfix import Postfix, PostfixMissingError, check_postfix, running_postfix

Connect = Callable[..., Endpoint]

ADA = "ada@ours.example"
BEN = "ben@ours.example"
PASSWORDS = {ADA: 'a long \\ "quoted" pass-phrase', BEN: "pässwort & more"}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(Path(tmp_path_factory.mktemp("certificates")))


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    try:
        check_dovecot()
    except DovecotMissingError as missing:
        pytest.skip(str(missing))
    with running_dovecot(PASSWORDS, certificates) as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot, certificates: Certificates) -> Iterator[Postfix]:
    try:
        check_postfix()
    except PostfixMissingError as missing:
        pytest.skip(str(missing))
    with running_postfix(dovecot, list(PASSWORDS), certificates) as server:
        yield server


@pytest.fixture
def smtp_of(postfix: Postfix, certificates: Certificates) -> Connect:
    """Give a function that describes Postfix as seen by one account."""

    def endpoint(user: str, security: Security = "tls", password: str | None = None) -> Endpoint:
        port = postfix.tls_port if security == "tls" else postfix.starttls_port
        return _endpoint(port, security, user, password, certificates)

    return endpoint


@pytest.fixture
def imap_of(dovecot: Dovecot, certificates: Certificates) -> Connect:
    """Give a function that describes Dovecot as seen by one account."""

    def endpoint(user: str, security: Security = "tls", password: str | None = None) -> Endpoint:
        port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
        return _endpoint(port, security, user, password, certificates)

    return endpoint


def _endpoint(
    port: int, security: Security, user: str, password: str | None, files: Certificates
) -> Endpoint:
    secret = PASSWORDS[user] if password is None else password
    ca_file = str(files.ca_file)
    return Endpoint("localhost", port, security, user, secret, ca_file, loopback_only=True)
