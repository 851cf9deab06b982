"""Reports that Postfix writes itself about mail it accepted: a hard bounce and a delay."""

import pytest

from contract.conftest import ADA, Connect
from contract.letters import await_mail, letter, raw
from marketing_agent.engine.values import ItemKind
from marketing_agent.mail.classify import Classified, classify
from marketing_agent.mail.imap import ImapSession
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.smtp import SmtpSession
from servers.postfix import LEFT_THE_COMPANY, SLOW

pytestmark = pytest.mark.enable_socket


def report_on(recipient: str, smtp_of: Connect, imap_of: Connect) -> tuple[Classified, str]:
    """Send to `recipient`, who is accepted at first; gives the report and our Message-ID."""
    written = letter(ADA, recipient)
    with SmtpSession(smtp_of(ADA)) as session:
        reply = session.submit(ADA, recipient, raw(written), lambda: True)
    assert reply is not None
    assert reply.code == 250

    def is_about_it(mail: Mail) -> bool:
        return classify(mail).original_message_id == written.message_id

    with ImapSession(imap_of(ADA)) as ada:
        return classify(await_mail(ada, is_about_it)), written.message_id


def test_a_mailbox_that_is_gone_is_a_hard_bounce(smtp_of: Connect, imap_of: Connect) -> None:
    report, message_id = report_on(LEFT_THE_COMPANY, smtp_of, imap_of)
    (recipient,) = report.recipients
    assert (report.kind, report.original_message_id) == (ItemKind.BOUNCE, message_id)
    assert (recipient.recipient, recipient.category) == (LEFT_THE_COMPANY, "hard")
    assert (recipient.status, recipient.final) == ("5.1.1", True)


def test_a_delay_is_no_failure_yet(smtp_of: Connect, imap_of: Connect) -> None:
    report, _ = report_on(SLOW, smtp_of, imap_of)
    assert [(each.recipient, each.final) for each in report.recipients] == [(SLOW, False)]
    assert [each.category for each in report.recipients if each.category == "hard"] == []
