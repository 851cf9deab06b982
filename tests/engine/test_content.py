import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.content import Needs, blocks, check_letter

NEEDS = Needs("Ada Example, Example Ltd", "1 Example Street,\nLondon", "Answer STOP to opt out.")
BODY = """Hello Anna,

a short question about your front desk.

Ada Example, Example Ltd
1 Example Street, London
Answer STOP to opt out."""


def codes(subject: str = "A question", body: str = BODY, needs: Needs = NEEDS) -> list[str]:
    return [problem.code for problem in check_letter(subject, body, needs=needs)]


def test_a_good_letter_has_no_problem() -> None:
    assert codes() == []


def test_every_unresolved_placeholder_is_found_not_every_second() -> None:
    body = BODY + " {{a}} {{ b }} {{c}} {% if d %} {{e}}"
    assert codes(body=body) == ["unresolved"] * 5


@pytest.mark.parametrize(
    "text", ["{{", "}}", "{% x", "[First Name]", "*|FNAME|*", "${name}", "<first name>", "%%name%%"]
)
def test_halves_and_other_programs_placeholders_are_found(text: str) -> None:
    assert "unresolved" in codes(body=f"{BODY}\n{text} ")
    assert "unresolved" in codes(subject=f"Hello {text} ")


@pytest.mark.parametrize(
    "text",
    [
        "Hi null,",
        "Dear None",
        "Hello undefined!",
        "Sehr geehrter Herr None,",
        "your team at undefined",
        "null's website",
        "\nNone,\n",
        "[object Object]",
    ],
)
def test_a_value_that_is_none_is_found(text: str) -> None:
    assert "missing_value" in codes(body=f"{BODY}\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        "The contract was annulled.",
        "It is null and void.",
        "None of your guests waits.",
        "Null Aufwand für Sie.",
        "with None of the work",
        "Bei null anfangen.",
        "Nonetheless",
    ],
)
def test_words_that_only_look_like_none_pass(text: str) -> None:
    assert codes(body=f"{BODY}\n{text}") == []


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: b@example.com", "a\nb", "a\rb", "a\x00b", "a\u2028b"]
)
def test_a_line_break_in_the_subject_is_refused(subject: str) -> None:
    assert "header_injection" in codes(subject=subject)


@given(st.text())
def test_no_subject_with_a_line_break_ever_passes(subject: str) -> None:
    problems = check_letter(subject, BODY, needs=NEEDS)
    if {"\r", "\n"} & set(subject) or not subject.strip():
        assert blocks(problems)


def test_empty_and_overlong() -> None:
    assert codes(subject="  ") == ["empty_subject"]
    assert codes(body="\n", needs=Needs()) == ["empty_body"]
    assert codes(subject="x" * 201) == ["long_subject"]
    assert codes(subject="x" * 100) == ["cut_subject"]
    assert not blocks(check_letter("x" * 100, BODY, needs=NEEDS))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Ada Example, Example Ltd", "no_sender_identity"),
        ("1 Example Street, London", "no_postal_address"),
        ("Answer STOP to opt out.", "no_opt_out_line"),
    ],
)
def test_each_duty_of_the_letter_is_checked(line: str, code: str) -> None:
    assert codes(body=BODY.replace(line, "")) == [code]


def test_a_duty_that_is_not_configured_is_a_problem_and_none_asks_for_nothing() -> None:
    assert codes(needs=Needs(postal_address=" ")) == ["no_postal_address"]
    assert codes(body="Thank you, Anna.", needs=Needs()) == []


@pytest.mark.parametrize(
    ("subject", "extra", "code"),
    [
        ("ACT FAST PLEASE", "", "capitals"),
        ("Hello", "Buy now!!!", "shouting"),
        ("Hello", "a limited time", "spam_words"),
        ("Hello", "https://bit.ly/x", "short_link"),
        ("Hello", "https://a.b " * 4, "links"),
    ],
)
def test_spam_triggers_warn_and_do_not_block(subject: str, extra: str, code: str) -> None:
    problems = check_letter(subject, f"{BODY}\n{extra}", needs=NEEDS)
    assert code in [problem.code for problem in problems]
    assert not blocks(problems)
