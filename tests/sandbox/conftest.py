"""Servers of the sandbox, each on a free loopback port."""

import pytest

from marketing_agent.sandbox.certificates import Certificates, make_certificates

ACCOUNTS = {"inbox1@example.com": "first-secret", "inbox2@example.com": "second-secret"}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def accounts() -> dict[str, str]:
    return dict(ACCOUNTS)
