"""How phrases are written, and how they are found in texts of any script and form."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.phrases import MAX_TEXT, Phrasebook, fold, words_of

CLASSES = {
    "user": ["user*", "mailbox*", "mail box", "postfach", "boite aux lettres", "アドレス"],
    "missing": ["unknown", "not found", "does not exist", "existiert nicht", "見つかりません"],
}
PHRASES = [
    "<user> .. <missing>",
    "<missing> <user>",
    "no such <user>",
    "tss##",
    "suspend*",
    "naïve",
]
BOOK = Phrasebook(list(enumerate(PHRASES)), CLASSES)


def phrases_in(text: str) -> set[str]:
    return {PHRASES[key] for key in BOOK.keys_in(words_of(text))}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("user unknown", "<user> .. <missing>"),
        ("USER UNKNOWN", "<user> .. <missing>"),
        ("Users jane@client.example unknown", "<user> .. <missing>"),
        ("the mail box\nof this person was not\nfound", "<user> .. <missing>"),
        ("mailbox_unknown", "<user> .. <missing>"),
        ("user doesn't exist", "<user> .. <missing>"),
        ("user doesn\u2019t exist", "<user> .. <missing>"),
        ("550-5.1.1 The user that you tried does\n550 5.1.1 not exist", "<user> .. <missing>"),
        ("Das Postfach existiert nicht", "<user> .. <missing>"),
        ("boîte aux lettres: not found", "<user> .. <missing>"),
        ("メールアドレスが見つかりません", "<user> .. <missing>"),
        ("unknown user", "<missing> <user>"),
        ("unknown mail box", "<missing> <user>"),
        ("no such mailbox", "no such <user>"),
        ("[TSS04] deferred", "tss##"),
        ("is suspended", "suspend*"),
        ("so naive", "naïve"),
    ],
)
def test_a_phrase_is_found_whatever_its_form(text: str, phrase: str) -> None:
    assert phrase in phrases_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the user. It is unknown",  # a gap ends with the sentence
        "user\n\nunknown",
        "host said: 550 unknown",
        "the user " + "very " * 6 + "unknown",
        "user@unknown.example",  # an address is no word
        "unknown.user@client.example",
        "unknown[192.0.2.1]:25 user",
        "tss4 and tss004",
        "suspect",
    ],
)
def test_what_only_looks_like_a_phrase_is_none(text: str) -> None:
    assert phrases_in(text) == set()


def test_a_name_before_the_bracketed_number_of_a_server_says_nothing() -> None:
    assert words_of("host spam.example.org[192.0.2.7]:25 said: 550") == ["host", "said", ":"]


def test_folding_takes_accents_from_every_script_in_the_same_way() -> None:
    assert fold("Größe ŁÓDŹ İstanbul ガ") == fold("grösse łódź i\u0307stanbul カ\u3099")


def test_a_text_is_read_up_to_a_limit() -> None:
    assert phrases_in("x " * MAX_TEXT + "user unknown") == set()


@given(st.text())
def test_any_text_may_be_read(text: str) -> None:
    assert BOOK.keys_in(words_of(text)) <= set(range(len(PHRASES)))


@pytest.mark.parametrize("unit", ["user ", "user unknown ", "@", "a@", "a[", "mail box ", "見"])
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    began = time.perf_counter()
    BOOK.keys_in(words_of(unit * 100_000))
    assert time.perf_counter() - began < 3
