import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.bounce_rules import (
    classify_failure,
    clean_status,
    find_code,
    find_status,
    reasons,
    rules,
    word_classes,
)
from marketing_agent.engine.phrases import Phrasebook, words_of


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("user unknown", "hard"),
        ("Empfänger unbekannt", "hard"),
        ("Adresse inconnue", "hard"),
        ("El destinatario no existe", "hard"),
        ("host or domain name not found", "hard"),
        ("mailbox is full", "soft"),
        ("Postfach ist voll", "soft"),
        ("buzón lleno", "soft"),
        ("connection timed out", "soft"),
        ("too many hops", "soft"),
        ("message expired after 4 days", "soft"),
        ("could not be delivered for 3 days, will be retried", "soft"),
        ("listed at zen.spamhaus.org", "block"),
        ("refused because of your DMARC policy", "block"),
        ("no PTR record for your host", "block"),
        ("sender address rejected: domain not found", "block"),
        ("relay access denied", "block"),
        ("", "unknown"),
        ("xyzzy", "unknown"),
    ],
)
def test_words_alone(text: str, category: str) -> None:
    assert classify_failure(None, None, text).category == category


@pytest.mark.parametrize(
    ("status", "category"),
    [
        ("5.1.1", "hard"),
        ("5.1.2", "hard"),
        ("5.1.6", "hard"),
        ("5.2.1", "hard"),
        ("5.1.8", "block"),
        ("5.2.2", "soft"),
        ("5.3.4", "soft"),
        ("5.4.4", "hard"),
        ("5.4.6", "soft"),
        ("5.6.0", "block"),
        ("5.7.1", "block"),
        ("4.4.7", "soft"),
        ("4.2.2", "soft"),
        ("5.0.0", "unknown"),
    ],
)
def test_bare_enhanced_codes_follow_rfc_3463(status: str, category: str) -> None:
    assert classify_failure(status, None, "").category == category


@pytest.mark.parametrize(
    ("code", "category"), [(521, "hard"), (552, "soft"), (450, "soft"), (550, "unknown")]
)
def test_bare_reply_codes_follow_rfc_5321(code: int, category: str) -> None:
    assert classify_failure(None, code, "").category == category


@pytest.mark.parametrize(
    "text",
    [
        "message refused by local policy",
        "administrative prohibition",
        "recipient address rejected",
        "",
    ],
)
def test_a_policy_refusal_is_a_block_whatever_it_also_hints(text: str) -> None:
    assert classify_failure("5.7.1", 550, text).category == "block"


def test_clear_words_outrank_a_wrong_number() -> None:
    assert classify_failure("5.7.1", 550, "no such user").category == "hard"
    assert classify_failure("5.1.1", 550, "mailbox full").category == "soft"
    assert classify_failure("5.1.1", 550, "blocked using a DNSBL").category == "block"


def test_not_listed_is_not_a_block_list() -> None:
    assert classify_failure(None, None, "User not listed in the directory").category == "hard"


def test_an_answer_over_several_lines_is_read_as_one_sentence() -> None:
    text = "550-5.1.1 The account that you tried to reach does\r\n550 5.1.1 not exist."
    assert classify_failure(None, None, text).category == "hard"


@pytest.mark.parametrize(
    "text",
    ["gave up after 500 ms", "500 messages sent", "waited: 550 seconds", "in room 551, floor 5"],
)
def test_a_number_in_prose_is_no_code(text: str) -> None:
    assert find_code(text) is None
    assert classify_failure(None, None, text).category != "hard"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 no", 550),
        ("421-4.7.0 later", 421),
        ("host mx.example.org said: 554 refused", 554),
        ("<<< 452 full", 452),
        ("552", 552),
    ],
)
def test_codes_are_found_where_a_reply_begins(text: str, code: int) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 unknown", "5.1.1"),
        ("(#5.2.2)", "5.2.2"),
        ("at 10.5.1.1 and 5.1.1.9 and v5.1.1", None),
        ("5.9.1", None),
        ("5.0.0 then 5.1.1", "5.1.1"),
    ],
)
def test_enhanced_codes_are_not_addresses_or_versions(text: str, status: str | None) -> None:
    assert find_status(text) == status


def test_status_fields_may_carry_a_comment() -> None:
    assert clean_status("5.1.1 (bad destination mailbox)") == "5.1.1"
    assert clean_status("nonsense") is None
    assert clean_status(None) is None


def test_a_vague_status_gives_way_to_the_one_in_the_words() -> None:
    assert classify_failure("5.0.0", None, "550 5.2.2 sorry").status == "5.2.2"


def test_every_rule_says_where_it_comes_from_and_can_fit_something() -> None:
    for rule in rules():
        assert rule.category in {"hard", "soft", "block"}
        assert rule.reason in reasons()
        assert rule.why.strip()
        assert rule.statuses or rule.codes or rule.phrases


def test_the_reasons_are_few_and_each_is_used_and_explained() -> None:
    used = {rule.reason for rule in rules()} | {"unrecognised"}
    assert used == set(reasons())
    assert len(used) <= 30
    assert all(meaning.endswith(".") for meaning in reasons().values())


def told(phrase: str, member: int = 0) -> str:
    """A text that says a phrase: words for its gaps, a member for each of its classes."""
    classes = word_classes()

    def say(name: re.Match[str]) -> str:
        return classes[name[1]][member % len(classes[name[1]])]

    words = re.sub(r"<(\w+)>", say, phrase)
    return words.replace("..", " zzz ").replace("*", "").replace("#", "7")


PHRASES = [
    (number, odd, phrase)
    for number, rule in enumerate(rules())
    for odd, phrases in enumerate((rule.phrases, rule.unless))
    for phrase in phrases
]


def test_every_phrase_can_be_found() -> None:
    book = Phrasebook([(key, one[2]) for key, one in enumerate(PHRASES)], word_classes())
    lost = [
        phrase
        for key, (_, _, phrase) in enumerate(PHRASES)
        if key not in book.keys_in(words_of(told(phrase)))
    ]
    assert lost == []


def test_no_phrase_stands_behind_a_rule_that_always_takes_its_texts() -> None:
    """A rule with neither number nor `unless` takes every text that holds one of its phrases."""
    greedy = {n for n, one in enumerate(rules()) if not (one.statuses or one.codes or one.unless)}
    pairs = [(n, one) for n, odd, one in PHRASES if not odd and n in greedy]
    book = Phrasebook(pairs, word_classes())
    shadowed = [
        (phrase, rules()[first].reason)
        for number, odd, phrase in PHRASES
        if not odd and (first := min(book.keys_in(words_of(told(phrase))), default=number)) < number
    ]
    assert shadowed == []


def test_no_phrase_says_what_another_of_its_list_says() -> None:
    idle = []
    for rule in rules():
        for phrases in (rule.phrases, rule.unless):
            book = Phrasebook(list(enumerate(phrases)), word_classes())
            for key, phrase in enumerate(phrases):
                members = range(90 if "<" in phrase else 1)
                texts = (words_of(told(phrase, member)) for member in members)
                if set.intersection(*(book.keys_in(one) for one in texts)) - {key}:
                    idle.append((rule.reason, phrase))
    assert idle == []


def test_every_word_class_is_used_and_says_what_for() -> None:
    used = {name for _, _, phrase in PHRASES for name in re.findall(r"<(\w+)>", phrase)}
    assert used <= set(word_classes())
    text = files("marketing_agent.engine").joinpath("bounce_words.toml").read_text("utf-8")
    assert all(one["why"].strip() for one in tomllib.loads(text).values())


@pytest.mark.parametrize(
    ("status", "text", "name"),
    [
        ("5.7.26", "This mail is unauthenticated - gsmtp", "google_authentication"),
        ("4.7.28", "unusual rate of unsolicited mail - gsmtp", "google_rate"),
        ("5.7.1", "likely unsolicited mail - gsmtp", "google_listed"),
        ("5.7.515", "does not meet the required authentication level", "microsoft_authentication"),
        ("5.7.620", "Access denied, banned sending IP", "microsoft_listed"),
        ("4.7.651", "Server busy", "microsoft_rate"),
        ("4.7.0", "[TSS04] deferred", "yahoo_rate"),
        ("5.7.9", "not accepted for policy reasons", "yahoo_policy"),
        ("5.7.1", "[CS01] rejected due to local policy", "apple_policy"),
        ("5.1.1", "user unknown", "user_unknown"),
    ],
)
def test_a_providers_block_is_named(status: str, text: str, name: str) -> None:
    assert classify_failure(status, 550 if status[0] == "5" else 421, text).name == name


@pytest.mark.parametrize("status", ["5.7.605", "5.7.650", "5.7.60", "5.7.6"])
def test_a_range_of_codes_has_both_ends(status: str) -> None:
    assert classify_failure(status, 550, "").provider == ""


def test_it_is_said_whether_words_or_numbers_decided() -> None:
    assert classify_failure("5.1.1", 550, "user unknown").worded
    assert not classify_failure("5.1.1", 550, "").worded


@given(st.none() | st.text(max_size=20), st.none() | st.integers(-5, 1200), st.text())
def test_anything_may_be_asked(status: str | None, code: int | None, text: str) -> None:
    assert classify_failure(status, code, text).category in {"hard", "soft", "block", "unknown"}
