"""What the sandbox's people and servers send is understood by the program that reads mail."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from marketing_agent.engine.intents import read_intent
from marketing_agent.engine.values import Intent
from marketing_agent.mail.classify import classify
from marketing_agent.mail.compose import Letter, to_bytes
from marketing_agent.mail.match import candidates
from marketing_agent.mail.parse import Mail, parse
from marketing_agent.mail.strip import strip_html, strip_reply
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.letter import ReceivedLetter, read_letter
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.post import DueMail

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
US, SENDER = "inbox1@example.com", "inbox1+t42@example.com"
OURS = "4711.abc@example.com"
SEEDS = range(12)
LETTER = Letter(
    message_id=OURS,
    from_address=US,
    from_name="Mara Quist",
    to_address="ada.adler@old-mill.example",
    subject="Fewer phone calls at Old Mill",
    body_text="Dear Ada,\n\nwould it be useful to have fewer calls at the desk?\n\nMara Quist\n\n"
    "Reply with STOP if you want no more letters.\nExample Street 1, 1010 Vienna\n",
    date=NOW,
    references=("root.1@example.com",),
    in_reply_to="root.1@example.com",
    list_unsubscribe_mailto="inbox1+u42@example.com?subject=stop%20it",
)


def letter() -> ReceivedLetter:
    return read_letter(SENDER, LETTER.to_address, to_bytes(LETTER), NOW)


def mails(behaviour: Behaviour, seed: int = 1, nth: int = 1) -> tuple[DueMail, ...]:
    personas = Personas(seed, {LETTER.to_address: behaviour})
    return personas.react(letter(), nth, NOW)


def the_mail(behaviour: Behaviour, seed: int = 1, nth: int = 1) -> Mail:
    [due] = mails(behaviour, seed, nth)
    return parse(due.raw)


def words(mail: Mail) -> str:
    return strip_reply(mail.text)


def test_a_letter_is_read_as_its_reader_sees_it() -> None:
    read = letter()
    assert (read.sender_name, read.sender, read.reply_to) == ("Mara Quist", US, US)
    assert (read.message_id, read.references) == (f"<{OURS}>", "<root.1@example.com>")
    assert read.date == NOW
    assert read.text.startswith("Dear Ada,")
    assert read.unsubscribe is not None
    assert read.unsubscribe.address == "inbox1+u42@example.com"


def test_a_broken_letter_is_read_as_well() -> None:
    read = read_letter(US, "x@y.example", b"Date: nonsense\r\n\r\n", NOW)
    assert (read.date, read.subject, read.text, read.unsubscribe) == (NOW, "", "", None)


@pytest.mark.parametrize("behaviour", Behaviour)
def test_the_same_seed_gives_the_same_bytes(behaviour: Behaviour) -> None:
    assert mails(behaviour, 1) == mails(behaviour, 1)


@pytest.mark.parametrize("behaviour", Behaviour)
def test_every_mail_is_well_formed(behaviour: Behaviour) -> None:
    for due in (due for seed in SEEDS for nth in (1, 2) for due in mails(behaviour, seed, nth)):
        read = message_from_bytes(due.raw, EmailMessage, policy=SMTP)
        assert [part.defects for part in read.walk() if part.defects] == []
        assert b"\n" not in due.raw.replace(b"\r\n", b"")
        assert all(read[name] for name in ("Message-ID", "Date", "From", "To"))
        assert due.due > NOW


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("behaviour", "intent"),
    [
        (Behaviour.INTERESTED, Intent.INTERESTED),
        (Behaviour.QUESTION, Intent.QUESTION),
        (Behaviour.MEETING, Intent.MEETING_REQUEST),
        (Behaviour.NOT_INTERESTED, Intent.NOT_INTERESTED),
        (Behaviour.NOT_NOW, Intent.NOT_NOW),
        (Behaviour.UNCLEAR, Intent.UNCLEAR),
        (Behaviour.OPT_OUT, Intent.OPT_OUT),
        (Behaviour.GERMAN, Intent.INTERESTED),
        (Behaviour.FRENCH, Intent.NOT_INTERESTED),
    ],
)
def test_answers_are_human_and_say_what_they_should(
    behaviour: Behaviour, intent: Intent, seed: int
) -> None:
    mail = the_mail(behaviour, seed)
    assert classify(mail).kind == "human"
    assert "fewer calls at the desk" not in words(mail)
    assert read_intent(words(mail)).intent == intent


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("behaviour", "intent"),
    [
        (Behaviour.REFERRAL, Intent.REFERRAL),
        (Behaviour.WRONG_PERSON, Intent.WRONG_PERSON),
    ],
)
def test_hints_at_somebody_else_are_read_as_such_or_left_to_a_person(
    behaviour: Behaviour, intent: Intent, seed: int
) -> None:
    assert read_intent(words(the_mail(behaviour, seed))).intent in {intent, Intent.UNCLEAR}


def test_every_mail_program_quotes_in_its_own_way() -> None:
    marks = ("schrieb", "a écrit", " wrote:", "From: Mara", "-----", "Von: Mara", "De : Mara")
    behaviours = (Behaviour.INTERESTED, Behaviour.GERMAN, Behaviour.FRENCH)
    texts = [the_mail(behaviour, seed).text for behaviour in behaviours for seed in range(40)]
    assert [mark for mark in marks if not any(mark in text for text in texts)] == []


def test_answers_are_tied_to_the_letter_or_not() -> None:
    threaded, loose = the_mail(Behaviour.QUESTION), the_mail(Behaviour.UNTHREADED)
    assert OURS in str(threaded.in_reply_to)
    assert OURS in str(list(candidates(threaded)))
    assert not loose.in_reply_to
    assert not loose.references
    assert loose.subject.lower().startswith("re: ")


def test_some_answer_from_another_address() -> None:
    assert the_mail(Behaviour.FROM_ALIAS).from_ == "a.adler@old-mill.example"
    colleague = the_mail(Behaviour.FROM_COLLEAGUE).from_
    assert colleague != LETTER.to_address
    assert colleague.endswith("@old-mill.example")


def test_some_answers_land_in_junk() -> None:
    [due] = mails(Behaviour.IN_JUNK)
    assert due.folder == "Junk"


def test_some_answer_the_second_letter_only() -> None:
    assert mails(Behaviour.LATE) == ()
    assert classify(the_mail(Behaviour.LATE, nth=2)).kind == "human"
    assert mails(Behaviour.INTERESTED, nth=2) == ()


def test_a_press_on_unsubscribe_writes_to_the_address_in_the_header() -> None:
    [due] = mails(Behaviour.OPT_OUT_BY_MAILTO)
    assert due.to == "inbox1+u42@example.com"
    assert parse(due.raw).subject == "stop it"
    assert words(parse(due.raw)).strip() == "stop it"


@pytest.mark.parametrize("seed", SEEDS)
def test_absences_are_automatic_and_name_a_day(seed: int) -> None:
    mail = the_mail(Behaviour.OUT_OF_OFFICE, seed)
    assert classify(mail).kind == "auto-reply"
    assert read_intent(mail.text).intent == Intent.OUT_OF_OFFICE
    assert " 2026" in mail.text
    assert mail.headers.raw("return-path") == "<>"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_challenge_is_one(seed: int) -> None:
    assert classify(the_mail(Behaviour.CHALLENGE, seed)).kind == "challenge-response"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("behaviour", "category"),
    [
        (Behaviour.BOUNCE_UNKNOWN, "hard"),
        (Behaviour.BOUNCE_IN_PROSE, "hard"),
        (Behaviour.BOUNCE_FULL, "soft"),
        (Behaviour.BOUNCE_BLOCKED, "block"),
    ],
)
def test_bounces_name_the_recipient_and_the_letter(
    behaviour: Behaviour, category: str, seed: int
) -> None:
    found = classify(the_mail(behaviour, seed))
    assert found.kind == "bounce"
    assert found.original_message_id == OURS
    assert [(each.recipient, each.category, each.final) for each in found.recipients] == [
        (LETTER.to_address, category, True)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_delay_is_no_failure_until_it_expires(seed: int) -> None:
    [warning] = mails(Behaviour.DELAYED, seed)
    assert [each.final for each in classify(parse(warning.raw)).recipients] == [False]
    warned, expired = mails(Behaviour.EXPIRED, seed)
    assert expired.due - warned.due > timedelta(days=1)
    [failure] = classify(parse(expired.raw)).recipients
    assert (failure.category, failure.final, failure.status) == ("soft", True, "4.4.7")


def test_bounces_go_to_the_envelope_and_have_no_sender_themselves() -> None:
    [due] = mails(Behaviour.BOUNCE_UNKNOWN)
    assert due.to == SENDER
    assert due.raw.startswith(b"Return-Path: <>\r\n")
    assert mails(Behaviour.BOUNCE_UNKNOWN, nth=2) != ()


def test_a_complaint_is_one() -> None:
    found = classify(the_mail(Behaviour.COMPLAINT))
    assert (found.kind, found.feedback_type, found.original_message_id) == (
        *("complaint", "abuse", OURS),
    )
    assert [each.recipient for each in found.recipients] == [LETTER.to_address]


def test_the_silent_are_silent() -> None:
    assert mails(Behaviour.SILENT) == ()


@pytest.mark.parametrize("mark", ["gmail_quote", "divRplyFwdMsg"])
def test_html_quotes_differ_by_mail_program_and_are_stripped_too(mark: str) -> None:
    htmls = [the_mail(Behaviour.MEETING, seed).html for seed in range(20)]
    found = [html for html in htmls if mark in html]
    assert found != []
    assert all("fewer calls at the desk" not in strip_html(html) for html in found)
