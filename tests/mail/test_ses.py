"""Notices of a mail service as JSON: bounces, complaints, deliveries, and broken ones."""

import json

import pytest

from marketing_agent.mail.classify import classify
from marketing_agent.mail.parse import parse


def mail(body: str, subject: str = "Re: Your booking page", **headers: str) -> bytes:
    fields = {"From": "Jane <jane@client.example>", "To": "max@acme.example", "Subject": subject}
    fields |= {name.rstrip("_").replace("_", "-"): value for name, value in headers.items()}
    return ("\n".join(f"{k}: {v}" for k, v in fields.items()) + "\n\n" + body).encode()


SES = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": "jane@client.example",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            },
            {"emailAddress": "joan@client.example"},
        ],
    },
    "complaint": {
        "complainedRecipients": [{"emailAddress": "jane@client.example"}],
        "complaintFeedbackType": "abuse",
    },
    "mail": {
        "messageId": "0100",
        "headers": [{"name": "Message-ID", "value": "<e7.x@acme.example>"}],
    },
}


def ses(kind: str, field: str = "notificationType") -> dict[str, object]:
    rest = {name: value for name, value in SES.items() if name != "notificationType"}
    return {field: kind, **rest}


def wrapped(inner: dict[str, object]) -> str:
    return json.dumps({"Type": "Notification", "Message": json.dumps(inner)})


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ses("Bounce")),
        json.dumps(ses("Bounce", "eventType"), indent=2),
        wrapped(ses("Bounce")),
        json.dumps(ses("Bounce")).replace("unknown", "unk!\n nown") + "\n\n--\nTo stop this, …",
    ],
    ids=["bare", "event, indented", "in a topic's envelope", "cut by a relay"],
)
def test_a_mail_services_notice_of_a_bounce_is_read(body: str) -> None:
    found = classify(parse(mail(body, "AWS Notification Message", From="no-reply@sns.example")))
    assert found.kind == "bounce"
    told = {one.recipient: one.category for one in found.recipients}
    assert told == {"jane@client.example": "hard", "joan@client.example": "hard"}
    assert found.original_message_id == "e7.x@acme.example"


def test_a_mail_services_notice_of_a_complaint_or_a_delivery_is_read() -> None:
    complaint = classify(parse(mail(json.dumps(ses("Complaint")))))
    assert (complaint.kind, complaint.feedback_type) == ("complaint", "abuse")
    assert [one.recipient for one in complaint.recipients] == ["jane@client.example"]
    assert classify(parse(mail(json.dumps(ses("Delivery"))))).kind == "delivered"


@pytest.mark.parametrize(
    "body",
    [
        '{"notificationType": ' + "[" * 200_000,
        '{"notificationType": "Bounce"',
        '{"notificationType": "Bounce", "bounce": [], "mail": 7}',
        '{"notificationType": 5}',
        '{"Message": "{\\"notificationType\\": \\"Bounce\\""}',
        '["notificationType"]',
    ],
)
def test_a_broken_notice_does_not_raise(body: str) -> None:
    assert classify(parse(mail(body))).recipients == ()
