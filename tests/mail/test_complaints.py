"""Complaints: feedback reports whole and broken, and those from before the standard."""

import pytest

from marketing_agent.mail.classify import classify
from marketing_agent.mail.parse import parse


def mail(body: str, subject: str = "Re: Your booking page", **headers: str) -> bytes:
    fields = {"From": "Jane <jane@client.example>", "To": "max@acme.example", "Subject": subject}
    fields |= {name.rstrip("_").replace("_", "-"): value for name, value in headers.items()}
    return ("\n".join(f"{k}: {v}" for k, v in fields.items()) + "\n\n" + body).encode()


COPY = """
From: max@acme.example
To: jane@client.example
Subject: Your booking page
Message-ID: <e7.x@acme.example>

Hello Jane
"""


ARF = b"""\
From: feedback@provider.example
To: max@acme.example
Subject: FW: Your booking page
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

An abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Reporter/1
Version: 1
Original-Rcpt-To: <jane@client.example>

--b
Content-Type: message/rfc822

Message-ID: <e7.x@acme.example>
To: someone@else.example

Hello
--b--
"""


def test_a_complaint_names_who_complained_of_which_letter() -> None:
    found = classify(parse(ARF))
    assert (found.kind, found.feedback_type) == ("complaint", "abuse")
    assert [(one.recipient, one.category) for one in found.recipients] == [
        ("jane@client.example", "complaint")
    ]
    assert found.original_message_id == "e7.x@acme.example"


def test_a_redacted_complaint_falls_back_to_the_letter_itself() -> None:
    found = classify(parse(ARF.replace(b"Original-Rcpt-To: <jane@client.example>\n", b"")))
    assert [one.recipient for one in found.recipients] == ["someone@else.example"]


@pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "not-spam", "opt-out", "auth-failure"])
def test_every_type_of_complaint_is_kept(kind: str) -> None:
    found = classify(parse(ARF.replace(b"Feedback-Type: abuse", f"Feedback-Type: {kind}".encode())))
    assert (found.kind, found.feedback_type) == ("complaint", kind)


def unwrapped(raw: bytes) -> bytes:
    """What a gateway makes of a report that it does not know: one plain text."""
    head, _, body = raw.partition(b"\n\n")
    plain = head.replace(
        b"multipart/report; report-type=feedback-report; boundary=b", b"text/plain"
    )
    return plain + b"\n\n" + body.replace(b"--b\n", b"").replace(b"--b--\n", b"")


@pytest.mark.parametrize(
    "raw",
    [
        ARF.replace(b"report-type=feedback-report; ", b""),
        ARF.replace(b"Content-Type: text/plain\n\nAn abuse report.\n--b\n", b""),
        ARF.replace(b"Content-Type: message/feedback-report", b"Content-Type: text/plain"),
        ARF[: ARF.index(b"--b\nContent-Type: message/rfc822")] + b"--b--\n",
        unwrapped(ARF),
    ],
    ids=["no report type", "no text", "an unknown part", "no letter", "plain text"],
)
def test_a_complaint_may_lack_any_of_its_parts(raw: bytes) -> None:
    found = classify(parse(raw))
    assert (found.kind, found.feedback_type) == ("complaint", "abuse")
    assert [one.recipient for one in found.recipients] == ["jane@client.example"]


def test_a_complaint_in_the_style_of_before_the_standard() -> None:
    raw = mail(
        COPY.lstrip(), subject="complaint about message from 192.0.2.7", From="staff@p.example"
    )
    found = classify(
        parse(raw.replace(b"From: max", b"X-HmXmrOriginalRecipient: joe@p.example\nFrom: max"))
    )
    assert (found.kind, found.feedback_type) == ("complaint", "abuse")


def test_an_aggregate_report_is_no_complaint() -> None:
    subject = "Report domain: acme.example Submitter: provider.example Report-ID: 7"
    raw = mail("See the attachment.", subject, From="noreply-dmarc@provider.example")
    assert classify(parse(raw)).kind not in {"complaint", "bounce"}


def test_an_unsubscribe_button_without_a_sender_names_nobody() -> None:
    found = classify(parse(b"X-Apple-Unsubscribe: true\n\nx"))
    assert (found.kind, found.recipients) == ("complaint", ())
