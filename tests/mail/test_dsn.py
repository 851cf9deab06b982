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


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("smtp; 421 4.7.0 [TSS04] deferred for complaints", "block"),
        ("smtp; 451 4.7.650 rate limited", "block"),
        ("smtp; 450 4.2.2 mailbox full", "soft"),
        ("smtp; 450 4.7.1 greylisted", "soft"),
    ],
)
def test_a_delay_still_says_that_we_are_blocked(words: str, category: str) -> None:
    delayed = block(action="delayed", Status="4.0.0", Diagnostic_Code=words)
    [one] = judged(report(delayed)).recipients
    assert (one.category, one.final) == (category, False)


def test_a_hard_reply_is_not_overruled_by_a_vague_status() -> None:
    vague = block(Status="5.0.0", Diagnostic_Code="smtp; 550 no such user")
    assert judged(report(vague)).recipients[0].category == "hard"
    vague = block(Status="5.5.0")
    [one] = judged(report(vague, text="local mailer says: unknown user")).recipients
    assert one.category == "hard"


def test_a_clear_status_is_not_overruled_by_the_boilerplate() -> None:
    clear = block(Status="5.2.2")
    [one] = judged(report(clear, text="It was rejected as spam, or unknown.")).recipients
    assert one.category == "soft"


def test_several_replies_in_one_block_are_told_apart_by_their_addresses() -> None:
    both = (
        block(Status="5.2.2", Diagnostic_Code="smtp; 550 5.2.2 <jane@client.example> full mailbox")
        + "\nDiagnostic-Code: smtp; 550 5.1.1 <joan@client.example> unknown user"
    )
    told = {one.recipient: one.category for one in judged(report(both)).recipients}
    assert told == {"jane@client.example": "soft", "joan@client.example": "hard"}


def test_a_class_that_the_sending_server_gives_is_read_when_words_say_nothing() -> None:
    silent = block(Status="5.0.0", X_PowerMTA_BounceCategory="bad-mailbox")
    assert judged(report(silent)).recipients[0].category == "hard"


def test_a_provider_is_named() -> None:
    words = "smtp; 550-5.7.26 This mail is unauthenticated. - gsmtp"
    [one] = judged(report(block(Status="5.7.26", Diagnostic_Code=words))).recipients
    assert (one.reason, one.provider) == ("authentication", "google")


def test_a_report_that_a_person_forwards_is_a_persons_mail() -> None:
    inner = report(block()).decode()
    raw = (
        "From: Ann <ann@acme.example>\nTo: max@acme.example\nSubject: what is this?\n"
        "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: text/plain\n\n"
        f"Can you help?\n--out\nContent-Type: message/rfc822\n\n{inner}\n--out--\n"
    )
    assert judged(raw.encode()).kind == "human"
    daemon = raw.replace("Ann <ann@acme.example>", "<mailer-daemon@acme.example>")
    assert judged(daemon.encode()).kind == "bounce"


def receipt(disposition: str, text: str) -> bytes:
    return f"""\
Return-Path: <>
From: Jane <jane@client.example>
To: max@acme.example
Subject: Read: Your booking page
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

{text}
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; jane@client.example
Original-Message-ID: <e7.x@acme.example>
Disposition: {disposition}

--b--
""".encode()


@pytest.mark.parametrize(
    ("disposition", "text"),
    [
        ("manual-action/MDN-sent-manually; displayed", "Your message was read."),
        ("automatic-action/MDN-sent-automatically; displayed", "It was displayed."),
        ("manual-action/MDN-sent-automatically; deleted", "It was deleted without being read."),
        ("automatic-action/MDN-sent-automatically; deleted", "It was deleted without being read."),
    ],
)
def test_a_receipt_is_no_bounce_read_or_not(disposition: str, text: str) -> None:
    found = judged(receipt(disposition, text))
    assert (found.kind, found.recipients) == ("delivered", ())
    assert found.original_message_id == "e7.x@acme.example"


def test_a_delivery_agent_refuses_in_the_dress_of_a_receipt() -> None:
    words = "Your message to <jane@client.example> was automatically rejected: Quota exceeded"
    raw = receipt("automatic-action/MDN-sent-automatically; deleted", words)
    found = judged(raw.replace(b"Jane <jane@", b"Mail Delivery Subsystem <postmaster@"))
    assert [(one.recipient, one.category) for one in found.recipients] == [
        ("jane@client.example", "soft")
    ]


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("delayed", "4.7.0", "Sender not pre-approved."),
        ("failed", "5.0.0", "550 Your server requires confirmation, see our page."),
    ],
)
def test_a_challenge_in_the_dress_of_a_failure_is_a_challenge(
    action: str, status: str, words: str
) -> None:
    asked = block(action=action, Status=status, Diagnostic_Code=f"smtp; {words}")
    assert judged(report(asked)).kind == "challenge-response"


@pytest.mark.parametrize(
    "words",
    [
        "550 sender verification failed",
        "550 Sender verify failed for <max@acme.example>",
        "550 only authorized senders may write here",
        "550 your address is not recognized by us, rejected",
    ],
)
def test_a_server_that_doubts_the_sender_bounces(words: str) -> None:
    found = judged(report(block(Status="5.7.1", Diagnostic_Code=f"smtp; {words}")))
    assert (found.kind, found.recipients[0].category) == ("bounce", "block")


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
