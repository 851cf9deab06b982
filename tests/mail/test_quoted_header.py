"""Headers pasted above an answered mail: who wrote to whom about what, in the words of many programs."""

from time import monotonic

import pytest

from marketing_agent.mail.parse import parse
from marketing_agent.mail.quoted_header import (
    QuotedHeader,
    fold_subject,
    header_of,
    quoted_headers,
)

WANTED = QuotedHeader("ada@acme.example", ("nina@hotel.example",), ("your bookings",))

OUTLOOK = """\
Could you take this?

From: Ada Adler <ada@acme.example>
Sent: Tuesday, March 11, 2025 9:00 AM
To: nina@hotel.example
Subject: Your bookings

Hello Nina"""
OUTLOOK_GERMAN = """\
________________________________
Von: Ada Adler <ada@acme.example>
Gesendet: Dienstag, 11. März 2025 09:00
An: nina@hotel.example <nina@hotel.example>
Betreff: Your bookings"""
BOLD = """\
*De :* Ada Adler <ada@acme.example>
*Envoyé :* mardi 11 mars 2025 09:00
*À :* nina@hotel.example
*Objet :* Your bookings
"""
GMAIL = """\
---------- Forwarded message ---------
Von: Ada Adler <ada@acme.example>
Date: Di., 11. März 2025 um 09:00 Uhr
Subject: Your bookings
To: <nina@hotel.example>


Hello Nina"""
APPLE = """\
Inizio messaggio inoltrato:

> Da: Ada Adler <ada@acme.example>
> Oggetto: Your bookings
> Data: 11 marzo 2025 alle ore 09:00:00 CET
> A: nina@hotel.example
>
> Hello Nina"""
THUNDERBIRD = """\
-------- Weitergeleitete Nachricht --------
Betreff: \tYour bookings
Datum: \tTue, 11 Mar 2025 09:00:00 +0100
Von: \tAda Adler <ada@acme.example>
An: \tnina@hotel.example
"""
DOUBLED = """\
From: Ada Adler <ada@acme.example>

Sent: Tuesday, 11 March 2025

To: nina@hotel.example

Subject: Your bookings
"""
FOLDED = """\
From: Ada Adler <ada@acme.example>
To: Nina Nuss with a very long name
 <nina@hotel.example>
Subject: Your
 bookings
"""
JAPANESE = """\
差出人: Ada <ada@acme.example>
送信日時: 2025年3月11日
宛先: nina@hotel.example
件名: Your bookings"""


@pytest.mark.parametrize(
    "text", [OUTLOOK, OUTLOOK_GERMAN, BOLD, GMAIL, APPLE, THUNDERBIRD, DOUBLED, JAPANESE]
)
def test_a_pasted_header_is_read_in_many_forms(text: str) -> None:
    [found] = quoted_headers(text)
    assert (found.sender, found.to[0], found.subjects[0]) == (
        WANTED.sender,
        WANTED.to[0],
        WANTED.subjects[0],
    )


def test_a_folded_line_is_put_together_and_both_readings_of_a_subject_are_given() -> None:
    [found] = quoted_headers(FOLDED)
    assert found.to == ("nina@hotel.example",)
    assert found.subjects == ("your", "your bookings")


def test_a_thread_of_answers_has_several_headers_the_newest_first() -> None:
    answer = "From: nina@hotel.example\nTo: ada@acme.example\nSubject: Re: Your bookings\n\nYes\n\n"
    found = quoted_headers(answer + OUTLOOK.partition("\n\n")[2])
    assert [each.sender for each in found] == ["nina@hotel.example", "ada@acme.example"]
    assert {each.subjects[0] for each in found} == {"your bookings"}


@pytest.mark.parametrize(
    "text",
    [
        "From: me to you\nTo: be or not to be\nSubject: of the crown",
        "From: ada@acme.example\nSubject: Your bookings",
        "From: ada@acme.example\nTo: nina@hotel.example\nSubject:",
        "From: ada@acme.example\nTo: nina@hotel.example\nSubject: Re:",
        "From: ada@acme.example\n\n\n\nTo: nina@hotel.example\n\n\n\nSubject: Your bookings",
        "On Tuesday Ada <ada@acme.example> wrote:\n> Your bookings",
        "",
    ],
)
def test_prose_and_halves_are_no_header(text: str) -> None:
    assert quoted_headers(text) == ()


@pytest.mark.parametrize(
    "subject",
    [
        "Your bookings",
        "RE: Your bookings",
        "AW: WG: Your  Bookings",
        "Re[2]: Fwd: Your bookings",
        "SV: RV: TR: your bookings ",
        "回复:Your bookings",
    ],
)
def test_subjects_are_compared_without_what_answers_put_before_them(subject: str) -> None:
    assert fold_subject(subject) == "your bookings"


def test_a_subject_that_only_begins_like_a_prefix_stays() -> None:
    assert fold_subject("Rent: your rooms") == "rent: your rooms"
    assert fold_subject("Re: " * 200) != ""


def test_an_attached_mail_s_header_is_read_in_the_same_way() -> None:
    raw = (
        b"From: Ada <ada@acme.example>\nTo: nina@hotel.example\nSubject: Re: Your bookings\n\nHello"
    )
    assert header_of(parse(raw).headers) == WANTED
    assert header_of(parse(b"From: ada@acme.example\n\nHello").headers) is None


def test_hostile_text_takes_no_time_and_gives_few_headers() -> None:
    block = "From: a@b.example\nTo: c@d.example\nSubject: x\n"
    started = monotonic()
    assert len(quoted_headers("".join(block.replace("x", str(n)) for n in range(50_000)))) == 5
    for text in (
        "From: " * 100_000,
        "From:\n" * 100_000,
        "a:" * 300_000,
        "\n" * 500_000,
        "*" * 500_000,
    ):
        quoted_headers(text)
    fold_subject("Re:" * 300_000)
    assert monotonic() - started < 2
