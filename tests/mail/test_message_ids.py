"""Message-IDs as they come back: whatever was done to them on the way, ours are known again."""

from time import monotonic

import pytest

from marketing_agent.mail.compose import new_message_id
from marketing_agent.mail.message_ids import (
    announced_id,
    canonical,
    ids_in,
    is_worth_keeping,
    mark_in_id,
    marks_carried,
    marks_in,
    same_but_for_domain,
    searchable,
)
from marketing_agent.mail.parse import parse
from marketing_agent.store.columns import new_public_id

MARK = "k7wq3mzdx5tbe2ra"
OURS = f"{MARK}.0123456789abcdef01234567@acme.example"
SES = "0102018f3a1b2c4d-9c1f7e2a-4b5d-4c3e-8f90-1a2b3c4d5e6f-000000"


@pytest.mark.parametrize(
    "value",
    [
        f"<{OURS}>",
        f"  <{OURS.upper()}> ",
        f"<{OURS[:40]}\t {OURS[40:]}>",
        f"< {OURS} >",
        OURS,
        f'"<{OURS}>"',
        f"&lt;{OURS}&gt;",
        f"<{OURS}> (your mail of Tuesday)",
        f"(your mail of Tuesday) {OURS}",
        f"Your message of Tue, 4 Mar 2031 09:00 <{OURS}>",
        f"[{OURS}]",
    ],
)
def test_an_id_is_read_however_it_is_written(value: str) -> None:
    assert ids_in(value) == (OURS,)


def test_each_id_comes_once_and_in_order() -> None:
    assert ids_in("<a@one.example> <B@two.example>\n <A@ONE.example>") == (
        "a@one.example",
        "b@two.example",
    )
    assert ids_in("no id at all") == ()
    assert ids_in("<>") == ids_in("") == ()


@pytest.mark.parametrize(
    "mangled",
    [
        OURS.replace("acme.example", "acme.example.mail.hotel.example"),
        OURS.replace("@acme.example", "@mx7"),
        OURS.partition("@")[0],
        f"{OURS}@hotel.example",
    ],
)
def test_our_part_of_an_id_survives_another_domain(mangled: str) -> None:
    assert mark_in_id(mangled) == MARK
    assert same_but_for_domain(mangled, OURS)
    assert not same_but_for_domain(mangled, OURS.replace("0123", "9999"))


def test_what_only_begins_like_ours_is_not_ours() -> None:
    for other in (f"{MARK}@acme.example", f"{MARK}.0123@acme.example", f"x{OURS}", "", MARK):
        assert mark_in_id(other) == ""
    assert not same_but_for_domain("a@b.example", "a@b.example")


def test_the_ids_that_we_make_have_the_form_that_is_looked_for() -> None:
    for _ in range(200):
        mark = new_public_id()
        made = new_message_id("acme.example", mark)
        assert (canonical(made), mark_in_id(made)) == (made, mark)
        assert marks_in(f"see <mailto:ada@acme.example?subject=unsubscribe%20{mark}>") == (mark,)


@pytest.mark.parametrize(
    "text",
    [
        f"> List-Unsubscribe: <mailto:ada@acme.example?subject=unsubscribe%20{MARK}>",
        f"Von: Ada <ada+{MARK}@acme.example>",
        f"https://safe.link.example/?url=https%3A%2F%2Facme.example%2Fu%2F{MARK}&data=05",
        f"https://acme.example/u/{MARK}",
        f"Message-ID: <{OURS}>",
        f"unsubscribe {MARK}.",
    ],
)
def test_a_mark_is_found_in_links_addresses_and_ids(text: str) -> None:
    assert MARK in marks_in(text)


def test_words_and_parts_of_longer_words_are_no_marks() -> None:
    assert marks_in(f"a{MARK} {MARK}a {MARK.upper()} responsibilities 4711") == ()
    assert len(marks_in(" ".join(new_public_id() for _ in range(500)))) == 10


def test_a_letter_names_itself_in_several_fields() -> None:
    for field in (
        f"List-Unsubscribe: <mailto:ada@acme.example?subject=unsubscribe%20{MARK}>",
        f"Reply-To: ada+{MARK}@acme.example",
        f"Return-Path: <ada+{MARK}@acme.example>",
        f"X-Google-Original-Message-ID: <{OURS}>",
        f"X-Microsoft-Original-Message-ID: <{OURS}>",
    ):
        assert marks_carried(parse(f"{field}\n\nHello {MARK}".encode()).headers) == (MARK,)
    # In-Reply-To names another mail, and To is written by whoever answers.
    for field in (f"In-Reply-To: <{OURS}>", f"To: ada+{MARK}@acme.example", f"Subject: {MARK}"):
        assert marks_carried(parse(f"{field}\n\nHello".encode()).headers) == ()


@pytest.mark.parametrize(
    ("reply", "announced"),
    [
        (f"Ok {SES}", f"{SES}@amazonses.com"),
        (f"Ok {SES}\n", f"{SES}@amazonses.com"),
        (
            "2.6.0 <AM0PR1@AM0PR1.eurprd04.prod.outlook.com> [InternalId=4711, Hostname=AM0PR2] Queued",
            "am0pr1@am0pr1.eurprd04.prod.outlook.com",
        ),
        (
            "2.0.0 OK <DB9P1@DB9P1.eurprd01.prod.exchangelabs.com> [Hostname=DB9P1]",
            "db9p1@db9p1.eurprd01.prod.exchangelabs.com",
        ),
        ("2.0.0 Ok: queued as 4ZcF1j0Yk2z9s", ""),
        ("2.0.0 OK 1741780000 5b1f17b1804b1-43d0a75b2f8sm1234567f8f.12 - gsmtp", ""),
        ("Great success", ""),
        (f"Ok {SES[:-3]}", ""),
        (f"Not ok {SES}", ""),
        ("2.0.0 OK <ours@acme.example> thank you", ""),
        ("", ""),
    ],
)
def test_a_server_s_reply_announces_an_id_or_it_does_not(reply: str, announced: str) -> None:
    assert announced_id(reply) == announced


def test_all_regions_of_a_provider_are_one_place() -> None:
    for host in ("email", "eu-west-1", "us-gov-west-1"):
        assert canonical(f"<{SES}@{host}.amazonses.com>") == f"{SES}@amazonses.com"
    assert canonical("a@notamazonses.com") == "a@notamazonses.com"
    assert searchable(f"{SES}@amazonses.com") == f"{SES}@"
    assert searchable(OURS) == OURS


def test_only_what_looks_like_an_id_is_worth_keeping() -> None:
    assert is_worth_keeping(OURS)
    assert is_worth_keeping(f"{SES}@amazonses.com")
    for bad in (
        "",
        "a@b.example",
        "e@",
        "no-at-sign-at-all",
        'quo"ted-text@b.example',
        "ü" * 9 + "@b.de",
    ):
        assert not is_worth_keeping(bad)


def test_hostile_headers_take_no_time() -> None:
    started = monotonic()
    for text in (
        "<" * 500_000,
        "(" * 500_000,
        "<a@b> " * 200_000,
        f"{MARK}." * 60_000,
        "%2" * 400_000,
    ):
        ids_in(text)
        marks_in(text)
        canonical(text)
        announced_id(text)
    assert monotonic() - started < 2
