"""What we write is read back by the standard library's own parser."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.mail.compose import HeaderInjectionError, Letter, new_message_id, to_bytes

LETTER = Letter(
    message_id="e1.abc@acme.example",
    from_address="max@acme.example",
    from_name="Max Muster",
    to_address="jane@client.example",
    subject="Your booking page",
    body_text="Hello Jane,\n\na question.\n\nMax\n",
    date=datetime(2031, 5, 6, 7, 8, tzinfo=UTC),
)
# Texts that a person can type: no control characters, no half surrogates, no odd line ends.
lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)


def read(letter: Letter) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(to_bytes(letter), policy=policy.default))


def test_a_plain_letter_is_plain() -> None:
    raw = to_bytes(LETTER)
    assert b"Content-Transfer-Encoding: 7bit" in raw
    assert raw.endswith(b"\r\n\r\nHello Jane,\r\n\r\na question.\r\n\r\nMax\r\n")
    assert b"Date: Tue, 06 May 2031 07:08:00 +0000\r\n" in raw
    assert b"Message-ID: <e1.abc@acme.example>\r\n" in raw
    assert b"Bcc" not in raw


@given(subject=lines, name=lines, body=st.lists(lines, min_size=1, max_size=8))
def test_any_text_survives_the_way(subject: str, name: str, body: list[str]) -> None:
    text = "\n".join(body)
    letter = replace(LETTER, subject=subject, from_name=name, body_text=text)
    raw = to_bytes(letter)
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert " ".join(str(mail["subject"]).split()) == " ".join(subject.split())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("short", "7bit"),
        ("long " * 40, "quoted-printable"),
        ("Grüße aus Zürich, this is mostly English text", "quoted-printable"),
        ("こんにちは、世界", "base64"),
        ("From here on it is quoted", "quoted-printable"),
    ],
)
def test_the_encoding_suits_the_text(text: str, encoding: str) -> None:
    mail = read(replace(LETTER, body_text=text))
    assert mail["content-transfer-encoding"] == encoding
    assert mail.get_content().strip() == text.strip()


def test_no_line_begins_like_an_mbox_separator() -> None:
    raw = to_bytes(replace(LETTER, body_text="From here\nFrom there\nand so on"))
    assert b"\nFrom " not in raw
    assert b"\r\n\r\n=46rom here\r\n=46rom there\r\n" in raw


@pytest.mark.parametrize(
    "forged",
    [
        {"subject": "Hi\r\nBcc: all@client.example"},
        {"subject": "Hi\nX: y"},
        {"from_name": "Max\r\n"},
        {"to_address": "jane@client.example\r\nBcc: x@client.example"},
        {"to_address": "jane@client.example, more@client.example"},
        {"to_address": "jane@client.example> <more@client.example"},
        {"message_id": "a@b>\r\nX: y"},
        {"in_reply_to": "a b@c"},
        {"references": ("a@b", "c\r\n@d")},
        {"list_unsubscribe_url": "https://acme.example/u>, <https://evil.example"},
        {"list_unsubscribe_mailto": "u@acme.example\r\nX: y"},
        {"reply_to": "max@acme.example\r\nX: y"},
        {"headers": (("X-Mark", "a\r\nBcc: b@c.example"),)},
    ],
)
def test_a_header_cannot_be_forged(forged: dict[str, Any]) -> None:
    with pytest.raises(HeaderInjectionError):
        to_bytes(replace(LETTER, **forged))


@pytest.mark.parametrize("name", ["Bcc", "To", "X Y", "X:", "Subject", ""])
def test_extra_headers_cannot_replace_ours(name: str) -> None:
    with pytest.raises(ValueError, match="extra header"):
        to_bytes(replace(LETTER, headers=((name, "x"),)))


def test_threading_and_the_way_out() -> None:
    mail = read(
        replace(
            LETTER,
            in_reply_to="r@client.example",
            references=tuple(f"reference{n}@client.example" for n in range(9)),
            list_unsubscribe_mailto="max@acme.example?subject=unsubscribe%20e1",
            list_unsubscribe_url="https://acme.example/u/e1",
            reply_to="max+e1@acme.example",
            headers=(("X-Mark", "e1"),),
        )
    )
    assert mail["In-Reply-To"] == "<r@client.example>"
    assert mail["References"].split() == [f"<reference{n}@client.example>" for n in range(9)]
    assert "<mailto:max@acme.example?subject=unsubscribe%20e1>" in mail["List-Unsubscribe"]
    assert "<https://acme.example/u/e1>" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Reply-To"] == "max+e1@acme.example"
    assert mail["X-Mark"] == "e1"


def test_a_mailto_alone_promises_no_click() -> None:
    mail = read(replace(LETTER, list_unsubscribe_mailto="max@acme.example"))
    assert mail["List-Unsubscribe"] == "<mailto:max@acme.example>"
    assert "List-Unsubscribe-Post" not in mail


@pytest.mark.parametrize("name", ['Max "the" Muster', "Muster, Max", "Max Müßig", "株式会社 例"])
def test_a_name_comes_back(name: str) -> None:
    mail = read(replace(LETTER, from_name=name))
    assert mail["from"].addresses[0].display_name == name
    assert mail["from"].addresses[0].addr_spec == "max@acme.example"


def test_message_ids_differ_and_carry_the_mark() -> None:
    made = {new_message_id("acme.example", "e7") for _ in range(100)}
    assert len(made) == 100
    assert all(one.startswith("e7.") and one.endswith("@acme.example") for one in made)
    with pytest.raises(HeaderInjectionError):
        new_message_id("acme.example>\r\nX: y")
