"""Delivery status notifications: who was not reached, for how long, and which letter it was."""

import pytest

from marketing_agent.mail.classify import Classified, classify
from marketing_agent.mail.match import CandidateKind, candidates
from marketing_agent.mail.parse import parse


def report(*blocks: str, text: str = "Your letter met trouble.", original: str = "") -> bytes:
    statuses = "\n\n".join(["Reporting-MTA: dns; mx.acme.example", *blocks])
    original = original or "Message-ID: <e7.x@acme.example>\nTo: jane@client.example\n"
    return f"""\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@mx.acme.example>
To: max@acme.example
Subject: Undelivered Mail
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain

{text}
--=b
Content-Type: message/delivery-status

{statuses}

--=b
Content-Type: message/rfc822

{original}
Hello
--=b--
""".encode()


def block(address: str = "rfc822; jane@client.example", action: str = "failed", **more: str) -> str:
    fields = {"Final-Recipient": address, "Action": action, "Status": "5.1.1"}
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def judged(raw: bytes) -> Classified:
    return classify(parse(raw))


def test_a_hard_bounce_names_recipient_status_and_letter() -> None:
    words = "smtp; 550 5.1.1 <jane@client.example>: user unknown"
    found = judged(report(block(Diagnostic_Code=words)))
    [one] = found.recipients
    assert found.kind == "bounce"
    assert (one.recipient, one.category, one.status, one.final) == (
        "jane@client.example",
        "hard",
        "5.1.1",
        True,
    )
    assert found.original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize(
    "field",
    [
        "rfc822;jane@client.example",
        "rfc822; jane@client.example",
        "RFC822 ; <jane@client.example>",
        "jane@client.example",
        "utf-8; jane@client.example",
    ],
)
def test_the_address_type_needs_no_space(field: str) -> None:
    assert judged(report(block(field))).recipients[0].recipient == "jane@client.example"


def test_a_delay_is_not_a_failure() -> None:
    delayed = block(action="delayed", Status="4.4.1", Diagnostic_Code="smtp; connection timed out")
    [one] = judged(report(delayed)).recipients
    assert (one.category, one.final) == ("soft", False)


def test_a_delay_is_soft_whatever_its_words_say() -> None:
    delayed = block(action="delayed", Status="4.0.0", Diagnostic_Code="smtp; 550 user unknown")
    [one] = judged(report(delayed)).recipients
    assert (one.category, one.final) == ("soft", False)


def test_every_recipient_has_its_own_verdict() -> None:
    found = judged(
        report(
            block("rfc822; a@client.example", Diagnostic_Code="smtp; 550 5.1.1 user unknown"),
            block(
                "rfc822; b@client.example", Status="4.2.2", Diagnostic_Code="smtp; mailbox is full"
            ),
            block("rfc822; c@client.example", "delivered", Status="2.0.0"),
        )
    )
    told = {one.recipient: one.category for one in found.recipients}
    assert told == {"a@client.example": "hard", "b@client.example": "soft"}


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_success_is_no_bounce(action: str) -> None:
    found = judged(report(block(action=action, Status="2.0.0")))
    assert found.kind == "delivered"
    assert found.original_message_id == "e7.x@acme.example"


def test_a_block_keeps_the_address_alive() -> None:
    words = "smtp; 550 5.7.1 message rejected as spam by our policy"
    [one] = judged(report(block(Status="5.7.1", Diagnostic_Code=words))).recipients
    assert one.category == "block"


def test_a_number_in_prose_is_no_code() -> None:
    words = "smtp; lost connection after 500 ms while sending"
    [one] = judged(report(block(Status="4.4.2", Diagnostic_Code=words))).recipients
    assert one.category == "soft"


def test_the_address_we_wrote_to_is_kept_beside_the_final_one() -> None:
    aliased = block(
        "rfc822; inner@box.client.example", Original_Recipient="rfc822;jane@client.example"
    )
    [one] = judged(report(aliased)).recipients
    assert one.recipient == "inner@box.client.example"
    assert one.original == "jane@client.example"


def test_silent_fields_are_completed_by_the_words() -> None:
    silent = "Final-Recipient: rfc822; jane@client.example\nAction: failed"
    found = judged(report(silent, text="The recipient's mailbox is full."))
    assert found.recipients[0].category == "soft"


def test_headers_alone_name_the_letter_too() -> None:
    raw = report(block()).replace(b"message/rfc822", b"text/rfc822-headers")
    assert judged(raw).original_message_id == "e7.x@acme.example"


def test_the_letter_in_a_report_is_a_hint_for_matching() -> None:
    hints = candidates(parse(report(block())))
    assert (CandidateKind.EMBEDDED, "e7.x@acme.example") in [(one.kind, one.value) for one in hints]


@pytest.mark.parametrize("cut", range(60, 900, 40))
def test_a_broken_report_does_not_raise(cut: int) -> None:
    assert judged(report(block())[:cut]).kind in {"bounce", "auto-reply", "human", "delivered"}


def test_five_hundred_recipients_are_enough() -> None:
    many = report(*(block(f"rfc822; u{number}@client.example") for number in range(700)))
    assert len(judged(many).recipients) == 500
