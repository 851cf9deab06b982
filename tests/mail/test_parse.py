"""Reading mail: what is there is found, and nothing that is sent to us raises or hangs."""

from datetime import UTC, datetime
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.mail.classify import classify
from marketing_agent.mail.match import candidates
from marketing_agent.mail.parse import MAX_BYTES, parse

REPLY = """\
From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <jurgen@client.example>
To: max+e7@acme.example, "Other" <other@acme.example>
Subject: =?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?b?IGF1cyBXaWVu?=
Message-ID: <r1@client.example>
In-Reply-To: <e7.x@acme.example>
References: <e1.x@acme.example>
\t<e7.x@acme.example>
Date: Tue, 6 May 2031 09:08:00 +0200
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Sch=C3=B6n, =
danke.
--b1
Content-Type: text/html; charset=utf-8

<p>Schön, danke.</p>
--b1--
""".encode()


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_a_reply_is_read_with_any_line_ends(ends: bytes) -> None:
    mail = parse(REPLY.replace(b"\n", ends))
    assert mail.from_ == "jurgen@client.example"
    assert mail.from_name == "Jürgen Müller"
    assert mail.to == ("max+e7@acme.example", "other@acme.example")
    assert mail.subject == "Grüße aus Wien"
    assert mail.message_id == "r1@client.example"
    assert mail.in_reply_to == "e7.x@acme.example"
    assert mail.references == ("e1.x@acme.example", "e7.x@acme.example")
    assert mail.date == datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    assert mail.text.strip() == "Schön, danke."
    assert "<p>" in mail.html


def test_hints_come_in_order_of_strength() -> None:
    assert [(one.kind, one.value) for one in candidates(parse(REPLY))] == [
        ("in_reply_to", "e7.x@acme.example"),
        ("references", "e7.x@acme.example"),
        ("references", "e1.x@acme.example"),
        ("plus_tag", "e7"),
        ("sender", "jurgen@client.example"),
    ]


def test_an_html_mail_has_text() -> None:
    raw = b"Content-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>Yes&nbsp;please<br>Jane"
    assert parse(raw).text == "Yes please\nJane"


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=latin-1", b"Gr\xfc\xdfe", "Grüße"),
        (b"Content-Type: text/plain; charset=no-such", b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        (b"Content-Type: text/plain; charset=punycode", b"plain", "plain"),
        (b"Content-Type: text/plain; charset=hex", b"plain", "plain"),
        (b"Content-Type: text/plain", b"Gr\xfc\xdfe", "Grüße"),
        (b"Content-Transfer-Encoding: base64", b"R3LDvMOfZQ", "Grüße"),
        (b"Content-Transfer-Encoding: base64", b"!", ""),
        (b"Content-Transfer-Encoding: x-unknown", b"as it is", "as it is"),
    ],
)
def test_wrong_labels_do_not_lose_the_text(head: bytes, body: bytes, text: str) -> None:
    assert parse(head + b"\n\n" + body).text == text


def test_a_wrong_boundary_is_forgiven() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="declared"\n\n'
    raw += b"--really-used\nContent-Type: text/plain\n\nHello\n--really-used--\n"
    assert parse(raw).text.strip() == "Hello"


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    mail = parse(raw)
    classify(mail)
    candidates(mail)
    assert isinstance(mail.subject, str)
    assert mail.date is None or mail.date.tzinfo is UTC


def nested(depth: int) -> bytes:
    layer = "Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n"
    return "".join(layer.format(number) for number in range(depth)).encode() + b"\nx"


def hostile() -> dict[str, bytes]:
    return {
        "deep multipart": nested(20_000),
        "deep messages": b"Content-Type: message/rfc822\n\n" * 50_000,
        "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000,
        "many headers": b"X: y\n z\n" * 300_000,
        "one long header": b"Subject: " + b"=?utf-8?q?a" * 300_000,
        "long from": b"From: " + b"a" * 1_000_000 + b"@",
        "comments": b"From: " + b"(" * 1_000_000,
        "parameters": b'Content-Type: text/plain; a="' + b'b; c="' * 200_000,
        "blank lines": b"\n" * 2_000_000,
        "punycode": b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 500_000,
        "deep html": b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
        "open comments": b"Content-Type: text/html\n\n" + b"<!--" * 300_000,
        "entities": b"Content-Type: text/html\n\n&#" + b"9" * 100_000 + b";",
        "addresses": b"From: mailer-daemon@x.example\nSubject: failure\n\n"
        + b"a@b.example\n" * 50_000,
        "colons": b"From: mailer-daemon@x.example\nSubject: failure\n\n" + b"to:" * 300_000,
        "fields": b"From: mailer-daemon@x.example\nSubject: failure\n\n" + b"a:\n" * 200_000,
        "telling": b"From: mailer-daemon@x.example\nSubject: x\n\n" + b"From: a\n\n" * 100_000,
        "statuses": b"Content-Type: message/delivery-status\n\n"
        + b"Final-Recipient: rfc822;a@b.example\nAction: failed\n\n" * 20_000,
        "spaces": b"From: mailer-daemon@x.example\nSubject: failure\n\n" + b" \t" * 500_000,
        "dashes": b"From: mailer-daemon@x.example\nSubject: failure\n\n" + b"-" * 500_000,
    }


@pytest.mark.parametrize("name", hostile())
def test_no_mail_takes_long(name: str) -> None:
    raw = hostile()[name]
    started = monotonic()
    mail = parse(raw)
    classify(mail)
    candidates(mail)
    assert len(mail.parts) <= 1500
    assert monotonic() - started < 3


def test_what_lies_behind_the_limit_is_not_read() -> None:
    mail = parse(b"Subject: big\n\n" + b"x" * (MAX_BYTES + 10))
    assert mail.truncated
    assert mail.subject == "big"
    assert len(mail.root.body) < MAX_BYTES
