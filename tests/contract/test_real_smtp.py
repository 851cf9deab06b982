"""Our SMTP session against Debian's Postfix, up to the mailbox in Dovecot."""

from dataclasses import replace

import pytest

from contract.conftest import ADA, BEN, Connect
from contract.letters import await_mail, letter, raw
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.compose import Letter
from marketing_agent.mail.endpoint import Endpoint, Security
from marketing_agent.mail.imap import ImapSession
from marketing_agent.mail.smtp import SmtpSession
from servers.postfix import FULL

pytestmark = pytest.mark.enable_socket


def send(endpoint: Endpoint, written: Letter) -> tuple[SmtpReply, list[str]]:
    """Send one letter; gives the deciding reply and what happened at the door."""
    asked: list[str] = []
    with SmtpSession(endpoint) as session:
        reply = session.submit(
            ADA, written.to_address, raw(written), lambda: not asked.append("asked")
        )
    assert reply is not None
    return reply, asked


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_arrives_as_it_was_written(
    smtp_of: Connect, imap_of: Connect, security: Security
) -> None:
    written = letter(ADA, BEN)
    reply, asked = send(smtp_of(ADA, security), written)
    assert (reply.phase, reply.code, decide(reply).outcome) == (Phase.FINAL, 250, Outcome.SENT)
    assert asked == ["asked"]
    with ImapSession(imap_of(BEN)) as ben:
        mail = await_mail(ben, lambda mail: mail.message_id == written.message_id)
    assert (mail.subject, mail.from_) == (written.subject, ADA)
    assert mail.text.replace("\r\n", "\n").rstrip() == written.body_text.rstrip()


def test_one_connection_carries_many_letters(smtp_of: Connect, imap_of: Connect) -> None:
    letters = [letter(ADA, BEN) for _ in range(3)]
    with SmtpSession(smtp_of(ADA)) as session:
        replies = [session.submit(ADA, BEN, raw(each), lambda: True) for each in letters]
        assert session.is_open
    assert [reply.code for reply in replies if reply] == [250, 250, 250]
    with ImapSession(imap_of(BEN)) as ben:
        for each in letters:
            await_mail(ben, lambda mail, wanted=each: mail.message_id == wanted.message_id)


def test_a_letter_refused_at_the_door_never_leaves(smtp_of: Connect, imap_of: Connect) -> None:
    refused, sent = letter(ADA, BEN), letter(ADA, BEN)
    with SmtpSession(smtp_of(ADA)) as session:
        assert session.submit(ADA, BEN, raw(refused), lambda: False) is None
        reply = session.submit(ADA, BEN, raw(sent), lambda: True)
    assert reply is not None
    assert reply.code == 250
    with ImapSession(imap_of(BEN)) as ben:
        await_mail(ben, lambda mail: mail.message_id == sent.message_id)
        assert ben.search_message_id(refused.message_id) == ()


def test_a_wrong_password_is_our_accounts_trouble(smtp_of: Connect) -> None:
    reply, asked = send(smtp_of(ADA, password="wrong"), letter(ADA, BEN))
    assert (reply.phase, reply.code) == (Phase.LOGIN, 535)
    assert decide(reply).outcome is Outcome.ACCOUNT
    assert asked == []


def test_a_password_in_plain_text_is_refused_by_the_server(smtp_of: Connect) -> None:
    reply, asked = send(replace(smtp_of(ADA, "starttls"), security="plain"), letter(ADA, BEN))
    assert decide(reply).outcome is Outcome.ACCOUNT
    assert asked == []


def test_a_certificate_that_nobody_vouches_for_ends_the_talk(smtp_of: Connect) -> None:
    for security in ("tls", "starttls"):
        reply, asked = send(replace(smtp_of(ADA, security), ca_file=None), letter(ADA, BEN))
        assert (reply.phase, reply.code) == (Phase.TLS, None)
        assert decide(reply).outcome is Outcome.ACCOUNT
        assert asked == []


def test_an_unknown_recipient_is_a_hard_failure(smtp_of: Connect) -> None:
    reply, asked = send(smtp_of(ADA), letter(ADA, "nobody@ours.example"))
    assert (reply.phase, reply.code) == (Phase.RCPT, 550)
    assert decide(reply).outcome is Outcome.HARD
    assert asked == []


def test_a_full_mailbox_is_temporary(smtp_of: Connect) -> None:
    reply, asked = send(smtp_of(ADA), letter(ADA, FULL))
    assert (reply.phase, reply.code) == (Phase.RCPT, 450)
    assert decide(reply).outcome is Outcome.TEMPORARY
    assert asked == []


def test_no_mail_leaves_this_machine(smtp_of: Connect) -> None:
    reply, _ = send(smtp_of(ADA), letter(ADA, "someone@elsewhere.example"))
    assert (reply.phase, reply.code) == (Phase.RCPT, 550)
