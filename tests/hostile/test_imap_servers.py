"""Every row of the table, over the whole way of a mail: poll, keep, work through, and the next poll."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from hostile.conftest import Patience
from hostile.imap_cases import CASES, EVERY, Case
from hostile.imap_deeds import deliver
from inbound.conftest import PASSWORD, certificates, imap, inbox
from inbound.scene import BY, NOW, an_inbox, mail
from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.steps import process_new
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import ImapStatus, Inbox
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.session import as_written
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.settings import settings

__all__ = ["certificates", "imap", "inbox"]

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

OTHER = "inbox2@example.com"
NEXT = NOW + timedelta(hours=2)


@pytest.fixture
def patience(imap: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Patience:  # noqa: ARG001  it sets its own first
    """Let servers take a moment only, or long enough."""

    def wait(briefly: bool) -> None:
        monkeypatch.setenv("MARKETING_AGENT_IMAP_STEP_S", "0.5" if briefly else "10")
        settings.cache_clear()

    return wait


@pytest.fixture
def other(certificates: Certificates, inbox: Inbox) -> Iterator[Inbox]:  # noqa: ARG001  it is read first
    """Another inbox, on an honest server, where one mail waits."""
    with ImapServer({OTHER: PASSWORD}, lambda: NOW, certificates=certificates) as server:
        server.deliver(OTHER, "INBOX", mail("body o", subject="Re: o"), NOW)
        secret = f"{OTHER}|{PASSWORD}|127.0.0.1|1|Ada|127.0.0.1|{server.port}"
        put_secret("SMTP_INBOX_2", secret, BY, NOW)
        another = an_inbox(OTHER)
        Inbox.objects.filter(pk=another.pk).update(secret_name="SMTP_INBOX_2")
        yield another


def kept(inbox: Inbox) -> Counter[str]:
    """Count the mails by the letter in their subject, once worked through."""
    process_new(1000, "w", NOW)
    items = InboxItem.objects.filter(inbox=inbox)
    assert set(items.values_list("state", flat=True)) <= {"processed"}
    return Counter(subject[-1:] for subject in items.values_list("subject", flat=True))


def name(value: object) -> str:
    return (
        f"{value.does[:50]}-{value.at}".replace(" ", "_") if isinstance(value, Case) else str(value)
    )


@pytest.mark.parametrize("case", CASES, ids=name)
def test_an_inbox_meets_a_hostile_server(
    imap: ImapServer, inbox: Inbox, other: Inbox, patience: Patience, case: Case
) -> None:
    patience(case.waits)
    deliver(imap, "a", "b", "c")
    deliver(imap, "j", folder="Junk")
    case.how(imap)
    poll_all(NOW)
    assert kept(inbox) == Counter(case.kept)
    status = ImapStatus.objects.get(inbox=inbox)
    assert status.connected is case.connected
    assert case.status in status.last_error
    assert bool(status.last_error) is bool(case.status or set(EVERY) - set(case.kept + case.gone))
    assert kept(other) == Counter("o")
    assert ImapStatus.objects.get(inbox=other).last_error == ""

    patience(False)
    imap.decide, imap.tamper = lambda _moment: None, as_written
    poll_all(NEXT)
    assert kept(inbox) == Counter(set(EVERY) - set(case.gone))
    status.refresh_from_db()
    assert (status.connected, status.last_error, status.failures) == (True, "", 0)
    assert poll_all(NEXT + timedelta(hours=1))["fetched"] == 0
    assert not ErrorGroup.objects.exists()
