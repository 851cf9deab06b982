"""What an inbound mail is: bounces in prose, complaints, automatic answers, people."""

import pytest

from marketing_agent.mail.autoreply import is_auto_reply
from marketing_agent.mail.classify import classify
from marketing_agent.mail.parse import parse


def mail(body: str, subject: str = "Re: Your booking page", **headers: str) -> bytes:
    fields = {"From": "Jane <jane@client.example>", "To": "max@acme.example", "Subject": subject}
    fields |= {name.rstrip("_").replace("_", "-"): value for name, value in headers.items()}
    return ("\n".join(f"{k}: {v}" for k, v in fields.items()) + "\n\n" + body).encode()


def from_daemon(body: str, **headers: str) -> bytes:
    fields = {"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "Return_Path": "<>"}
    return mail(body, headers.pop("subject", "Undeliverable mail"), **(fields | headers))


COPY = """
From: max@acme.example
To: jane@client.example
Subject: Your booking page
Message-ID: <e7.x@acme.example>

Hello Jane
"""


@pytest.mark.parametrize(
    ("body", "category"),
    [
        (
            (
                "We could not deliver your message to:\n\n<jane@client.example>:\n"
                "remote host said: 550 5.1.1 no such user here\n\n--- Below is a copy ---\n"
            ),
            "hard",
        ),
        (
            (
                "The following address failed permanently:\n\n  jane@client.example\n"
                "    host mx.client.example: 552 5.2.2 mailbox full\n"
                "\n------ This is a copy of your message ------\n"
            ),
            "soft",
        ),
        (
            (
                "Your message was not delivered to jane@client.example because it was refused:\n"
                "554 5.7.1 rejected as spam\n\n----- Original message -----\n"
            ),
            "block",
        ),
    ],
)
def test_a_bounce_in_prose_is_read(body: str, category: str) -> None:
    found = classify(parse(from_daemon(body + COPY)))
    assert found.kind == "bounce"
    assert [(one.recipient, one.category) for one in found.recipients] == [
        ("jane@client.example", category)
    ]
    assert found.original_message_id == "e7.x@acme.example"


def test_each_address_is_judged_by_the_words_beside_it() -> None:
    body = (
        "These addresses had errors:\n\n  a@client.example\n    550 5.1.1 user unknown\n"
        "  b@client.example\n    552 5.2.2 mailbox full\n"
    )
    found = classify(parse(from_daemon(body)))
    told = {one.recipient: one.category for one in found.recipients}
    assert told == {"a@client.example": "hard", "b@client.example": "soft"}


def test_the_header_that_names_the_failed_is_believed_first() -> None:
    raw = from_daemon(
        "Not delivered, see someone@else.example.", X_Failed_Recipients="jane@client.example"
    )
    assert [one.recipient for one in classify(parse(raw)).recipients] == ["jane@client.example"]


def test_our_own_address_never_failed() -> None:
    raw = from_daemon("Undeliverable: your mail from max@acme.example.\n\n" + COPY)
    assert [one.recipient for one in classify(parse(raw)).recipients] == ["jane@client.example"]


def test_a_warning_in_prose_is_not_final() -> None:
    body = "  jane@client.example\n\nhas not yet been delivered; delivery will be retried for days."
    [one] = classify(parse(from_daemon(body, subject="Warning: message delayed"))).recipients
    assert (one.category, one.final) == ("soft", False)


@pytest.mark.parametrize(
    "body",
    [
        "Please click here to release your message to Jane.",
        "To confirm that you are human, follow the link, and we deliver.\nverify you are a human",
        "Reply to this message and it will be delivered. reply to this message to deliver yours",
        "Your message has been waitlisted.",
        "Bitte bestätigen Sie Ihre Nachricht.",
    ],
)
def test_a_machine_that_asks_for_proof_is_a_challenge(body: str) -> None:
    raw = mail(body, Auto_Submitted="auto-replied")
    assert classify(parse(raw)).kind == "challenge-response"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": 'auto-generated; owner-email="jane@client.example"'},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": ""},
        {"X_Auto_Reply_From": "jane@client.example"},
        {"Precedence": "auto_reply"},
        {"Precedence": "junk"},
        {"X_POST_MessageClass": "9; Autoresponder"},
        {"subject": "Automatic reply: Your booking page"},
        {"subject": "Out of office"},
        {"subject": "Abwesenheitsnotiz: Frage"},
        {"subject": "Réponse automatique : question"},
        {"subject": "Re: Out of Office: question"},
    ],
)
def test_a_machines_answer_is_automatic(headers: dict[str, str]) -> None:
    assert classify(parse(mail("I am away until Monday.", **headers))).kind == "auto-reply"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"subject": "Re: Automating your invoices"},
        {"subject": "Re: Automatic doors for our hotel"},
        {"subject": "Automated booking: a question"},
        {"subject": "Re: Out of stock?"},
        {"subject": "Re: Delivery of the chairs failed"},
        {"X_Auto_Response_Suppress": "None"},
        {"Precedence": "bulk", "List_Id": "<members.club.example>"},
        {"X_Autoreply": "no"},
        {"Return_Path": "<>"},
    ],
)
def test_a_person_stays_a_person(headers: dict[str, str]) -> None:
    raw = mail("Thanks, our old system fails daily. Call me.", **headers)
    assert classify(parse(raw)).kind == "human"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            {
                "From": "Parcels <noreply@parcels.example>",
                "subject": "Your parcel: delivery failed",
            },
            "Dear customer, it could not be delivered.\nAsk info@parcels.example\n",
        ),
        (
            {"From": "Root <root@host.example>", "subject": "backup: system error"},
            "Undelivered, mailbox full, see admin@host.example\n",
        ),
        (
            {"subject": "Undeliverable: your booking page"},
            "My server says: 550 user unknown <max@acme.example>. What to do?\n",
        ),
        (
            {"From": "Jane <jane@bounce-house.example>", "subject": "Delivery of the house failed"},
            "It could not be delivered. Call me.\n",
        ),
        (
            {"From": "List <list-request@client.example>", "subject": "Welcome to the list"},
            "You are subscribed.\n",
        ),
    ],
)
def test_trouble_of_other_kinds_is_no_bounce(headers: dict[str, str], body: str) -> None:
    assert classify(parse(mail(body, **headers))).kind == "human"


def test_an_absence_note_that_names_a_successor_is_no_bounce() -> None:
    body = "I work here no more, this address is no longer valid. Write to bob@client.example.\n"
    raw = mail(body, Return_Path="<>", Auto_Submitted="auto-replied", subject="Automatic reply: hi")
    assert classify(parse(raw)).kind == "auto-reply"


def test_a_person_who_quotes_a_bounce_is_no_bounce() -> None:
    body = "Hi Max, I got this:\n\n> Delivery has failed to these recipients:\n> user unknown\n"
    assert classify(parse(mail(body, subject="Re: undeliverable?"))).kind == "human"


def test_a_bounce_that_calls_itself_automatic_is_a_bounce() -> None:
    raw = from_daemon("Could not deliver to <jane@client.example>.", Auto_Submitted="auto-replied")
    assert is_auto_reply(parse(raw))
    assert classify(parse(raw)).kind == "bounce"
