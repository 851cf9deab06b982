"""What a server says is kept, so it must be fit to be kept: no password in it, and no NUL."""

from base64 import b64encode

import pytest

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.inboxes.models import Pause
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.outbox.models import Attempt
from marketing_agent.sandbox.answers import Verb
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

PLAIN = b64encode(b"\0inbox1@example.com\0pw").decode("ascii")


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox()
    room.campaign()
    room.people("anna")
    return room


def test_a_server_that_repeats_the_login_does_not_make_us_keep_it(ready: MailRoom) -> None:
    ready.answer(Verb.AUTH, f"500 unrecognised command 'AUTH PLAIN {PLAIN}'")
    ready.cycle()
    kept = Attempt.objects.get().reply + Pause.objects.get().reason + ready.letter("anna").reason
    assert "unrecognised command" in kept
    assert PLAIN not in kept


def test_nor_does_one_that_repeats_it_when_nobody_asked(ready: MailRoom) -> None:
    ready.answer(Verb.AUTH, f"235 2.7.0 welcome\r\n250 you said AUTH PLAIN {PLAIN}")
    ready.cycle()
    kept = Attempt.objects.get().reply + ready.letter("anna").reason
    assert "spoke out of turn: 250 you said" in kept
    assert PLAIN not in kept


def test_the_password_is_blotted_out_in_every_form_a_login_takes() -> None:
    end = Endpoint("127.0.0.1", 1, "plain", username="ada", password="pässword")
    login = b64encode("pässword".encode()).decode("ascii")
    plain = b64encode("\0ada\0pässword".encode()).decode("ascii")
    assert end.hush(f"{login} {plain} pässword ada") == "******** ******** ******** ada"


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        (Verb.AUTH, "535 5.7.8 n\0 good", EmailState.RETRY),
        (Verb.RCPT, "550 5.1.1 user unknown\0", EmailState.BOUNCED),
        (Verb.FINAL, "450 4.2.0 \0later", EmailState.RETRY),
        (Verb.FINAL, "250 2.0.0 o\0k", EmailState.SENT),
    ],
)
def test_a_nul_in_a_reply_changes_no_outcome(
    ready: MailRoom, verb: Verb, answer: str, state: EmailState
) -> None:
    ready.answer(verb, answer)
    ready.cycle()
    assert ready.letter("anna").state == state
    assert "\0" not in Attempt.objects.get().reply
    assert not ErrorGroup.objects.exists()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (500, 'Error: command "DATE:" not recognized'),
        (500, "Command unrecognized"),
        (502, "5.5.1 command not recognized"),
        (502, "Unrecognized command"),
    ],
)
def test_a_command_that_a_server_does_not_know_says_nothing_of_the_address(
    code: int, text: str
) -> None:
    assert decide(SmtpReply(Phase.RCPT, code, text)).outcome is Outcome.TEMPORARY


def test_an_address_that_a_server_does_not_recognise_is_still_a_hard_failure() -> None:
    assert decide(SmtpReply(Phase.RCPT, 550, "recipient not recognized")).outcome is Outcome.HARD
