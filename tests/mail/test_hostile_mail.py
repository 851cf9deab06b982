"""Mail that was sent to do harm: to the terminal, to memory, to whoever waits for the verdict."""

import encodings
import tracemalloc
from time import process_time

import pytest

from marketing_agent.engine.content import Needs, check_letter
from marketing_agent.mail.header_text import mailbox, unstructured
from marketing_agent.mail.mime import MAX_HEADER_LINES, split_head
from marketing_agent.mail.parse import parse
from marketing_agent.mail.words import MAX_HEADER, decode_charset, decode_words

SOON = 0.5  # seconds of CPU for what took several, or minutes


def test_half_a_character_spelt_in_utf7_is_replaced() -> None:
    mail = parse(b"Subject: =?utf-7?q?+2AA-?=\nContent-Type: text/plain; charset=utf-7\n\nhi +2AA-")
    assert mail.text == "hi \N{REPLACEMENT CHARACTER}"
    assert mail.subject == "\N{REPLACEMENT CHARACTER}"


def test_charsets_that_nobody_has_leave_no_trace_in_memory() -> None:
    known = len(encodings._cache)  # type: ignore[attr-defined]  # where Python keeps misses for ever
    words = " ".join(f"=?x-nobody-{number}?q?Gr=C3=BC=C3=9Fe?=" for number in range(300))
    assert decode_words(words) == "Grüße" * 300
    assert len(encodings._cache) <= known + 1  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("ISO-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        (" iso 8859-1 ", b"Gr\xfc\xdfe", "Grüße"),
        ("ANSI_X3.4-1968", b"plain", "plain"),
        ("windows-1251", b"\xcf\xf0\xe8", "При"),
        ("koi8-u", b"\xf0\xd2\xc9", "При"),
        ("x-mac-romanian", b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("unicode-escape", rb"\ud800", r"\ud800"),
        ("raw-unicode-escape", rb"\ud800", r"\ud800"),
        ("punycode", b"a-b", "a-b"),
        ("idna", b"xn--a", "xn--a"),
        ("rot13", b"plain", "plain"),
        ("undefined", b"plain", "plain"),
        ("utf-8\0", b"plain", "plain"),
        ("", b"plain", "plain"),
    ],
)
def test_a_charset_is_known_by_any_spelling_and_is_nothing_else(
    charset: str, data: bytes, text: str
) -> None:
    assert decode_charset(data, charset) == text


@pytest.mark.parametrize(
    "text",
    [
        " " * 2_000 + "x",
        "\t" * 2_000,
        "a" + "\t" * 2_000 + "b",
        "x " * 800,
        "\\" * 890,
        "x" * 80 + " \t" * 9,
    ],
)
def test_no_line_of_a_header_is_longer_than_a_server_takes(text: str) -> None:
    for header in (unstructured("Subject", text), mailbox("From", text, "ada@example.com")):
        lines = header.split("\r\n")
        assert max(map(len, lines)) <= 998
        assert all(line.strip() for line in lines)
    assert parse(unstructured("Subject", text).encode()).subject == " ".join(text.split())


def test_a_long_name_is_read_back_as_it_was() -> None:
    name = "Ada " * 250
    assert parse(mailbox("From", name, "ada@example.com").encode()).from_name == name.strip()


def test_blanks_are_folded_in_linear_time() -> None:
    begun = process_time()
    unstructured("Subject", " " * 60_000 + "x")
    assert process_time() - begun < SOON


@pytest.mark.parametrize("body", ["{{ a " * 20_000, "None" + " " * 60_000 + "x"])
def test_a_letter_is_looked_through_in_linear_time(body: str) -> None:
    begun = process_time()
    check_letter("Hello", body, needs=Needs())
    assert process_time() - begun < SOON


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("--b\n\none\n--b\n\ntwo\n--b--\nbehind", ["one", "two"]),
        ("before\n--b \t\n\none\n--b-- \n--b\n\nbehind", ["one"]),
        ("--b\n--b\n\none", ["", "one"]),
        ("--b\n\n--bb\n x--b\n--b x\n--b", ["--bb\n x--b\n--b x"]),
        ("--b\n\none\n--b-\n--b", ["one\n--b-"]),
        ("--b", []),
    ],
)
def test_parts_are_cut_at_lines_that_are_the_boundary(body: str, texts: list[str]) -> None:
    raw = f'Content-Type: multipart/mixed; boundary="b"\n\n{body}'
    assert [part.body.decode() for part in parse(raw.encode()).root.children] == texts


@pytest.mark.parametrize(
    ("head", "fields", "body"),
    [
        (b"A: b\n c\n\td\n\nbody", {"a": "b c d"}, b"body"),
        (b"A: b\n \nbody", {"a": "b"}, b"body"),
        (b"A: b\n  \n c: d\n", {"a": "b"}, b" c: d\n"),
        (b"From me Tue May 6 09:08:00 2031\nA : b\n>From you\nC:d", {"a": "b", "c": "d"}, b""),
        (b" a: b\n", {}, b" a: b\n"),
        (b"A: b\nnonsense\nc: d", {"a": "b"}, b"nonsense\nc: d"),
        (b"A:\n\n", {"a": ""}, b""),
        (b"A: b", {"a": "b"}, b""),
        (b"", {}, b""),
    ],
)
def test_a_header_ends_where_no_field_can_be(
    head: bytes, fields: dict[str, str], body: bytes
) -> None:
    found, rest = split_head(head)
    assert ({name: found.raw(name) for name, _ in found.lines}, rest) == (fields, body)


def test_a_field_without_end_is_cut() -> None:
    mail = b"Subject: " + b"a\n " * 500_000 + b"a\n\nHello\n"
    tracemalloc.start()
    subject = parse(mail).headers.raw("subject")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(subject) <= MAX_HEADER
    assert peak < 8 * len(mail)


def test_a_header_has_an_end() -> None:
    found, rest = split_head(b"A: b\n" * 5_000)
    assert len(found.lines) == MAX_HEADER_LINES
    assert rest.startswith(b"A: b")
