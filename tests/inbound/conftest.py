"""An IMAP server on a loopback socket, and an inbox whose secret points to it."""

from collections.abc import Iterator

import pytest

from inbound.opinions_world import KEY, configure, said
from inbound.scene import BY, INBOX, NOW, an_inbox
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.model_server import ModelServer
from marketing_agent.settings import settings

PASSWORD = "first-secret"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def imap(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    monkeypatch.setenv("MARKETING_AGENT_KEY", "a key of the test")
    monkeypatch.setenv("MARKETING_AGENT_CA_FILE", str(certificates.ca_file))
    settings.cache_clear()
    with ImapServer({INBOX: PASSWORD}, lambda: NOW, certificates=certificates) as server:
        yield server
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def inbox(imap: ImapServer, db: None) -> Inbox:  # noqa: ARG001  the database comes first
    put_password(imap, PASSWORD)
    return an_inbox()


def put_password(imap: ImapServer, password: str) -> None:
    servers = f"127.0.0.1|1|Ada|127.0.0.1|{imap.port}"
    put_secret("SMTP_INBOX_1", f"{INBOX}|{password}|{servers}", BY, NOW)


@pytest.fixture
def grok(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:  # noqa: ARG001  the database comes first
    with ModelServer(lambda _: said(), key=KEY) as server:
        configure(
            monkeypatch,
            LLM_GROK_URL=server.url,
            KEY="a key of the test",
            LLM_ANSWER_S="0.5",
            LLM_PER_MINUTE="10000",
        )
        put_secret("LLM_GROK", KEY, BY, NOW)
        yield server
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def fallback(grok: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:  # noqa: ARG001  after it
    with ModelServer(lambda _: said(intent="question")) as server:
        configure(monkeypatch, LLM_FALLBACK_URL=server.url, LLM_FALLBACK_MODEL="small")
        put_secret("LLM_FALLBACK", "any", BY, NOW)
        yield server
