import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.bounce_rules import (
    classify_failure,
    clean_status,
    find_code,
    find_status,
    rules,
)


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
        assert rule.why.strip()
        assert rule.statuses or rule.codes or rule.phrases or rule.patterns
        folded = [phrase.casefold() for phrase in rule.phrases]
        assert folded == list(rule.phrases), "phrases stand in the case in which they are sought"


@given(st.none() | st.text(max_size=20), st.none() | st.integers(-5, 1200), st.text())
def test_anything_may_be_asked(status: str | None, code: int | None, text: str) -> None:
    assert classify_failure(status, code, text).category in {"hard", "soft", "block", "unknown"}
