"""A lint rule is switched off for one line, by its code, with a reason beside it."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator

import pytest

from style.sources import Source, everything, expect_none, product, snippet

SWITCHES = re.compile(r"noqa|type:\s*ignore|ruff:|pragma:|mypy:|pyright:", re.IGNORECASE)
REASONED = re.compile(
    r"#\s(?:"
    r"noqa:\s(?P<codes>[A-Z]+[0-9]+(?:,\s?[A-Z]+[0-9]+)*)\s\s?"
    r"|type:\signore\[[a-z-]+(?:,\s?[a-z-]+)*\]\s\s#\s"
    r")(?P<reason>\S.*)$"
)
CLOCK = "workers/clock.py"


def unreasoned(sources: Iterable[Source]) -> list[str]:
    """List the comments that switch a rule off without its code or without a reason."""
    return [
        f"{source.path}:{line}: {comment}"
        for source in sources
        for line, comment in _comments(source)
        if SWITCHES.search(comment) and not REASONED.match(comment)
    ]


def other_clocks(sources: Iterable[Source]) -> list[str]:
    """List who asks the machine for the time beside the one clock."""
    return [
        f"{source.path}:{line}: {comment}"
        for source in sources
        for line, comment in _comments(source)
        if "TID251" in comment and str(source.place) != CLOCK
    ]


def _comments(source: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_every_exception_from_a_lint_rule_has_its_reason() -> None:
    expect_none(unreasoned(everything()))


def test_time_comes_from_one_clock() -> None:
    expect_none(other_clocks(product()))


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: S101",
        "# type: ignore",
        "# type: ignore[arg-type]",
        "# type: ignore  # no code",
        "# ruff: noqa",
        "# pragma: no cover",
    ],
)
def test_a_switch_without_code_or_reason_is_found(comment: str) -> None:
    assert unreasoned([snippet(f"a = 1  {comment}\n")])


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S101  asserts narrow the type",
        "# noqa: S101, E501  a table",
        "# type: ignore[arg-type]  # the stub is wrong",
        "# An ordinary comment.",
    ],
)
def test_a_reasoned_switch_passes(comment: str) -> None:
    assert unreasoned([snippet(f"a = 1  {comment}\n")]) == []


def test_a_second_clock_is_found() -> None:
    text = "t = datetime.now(UTC)  # noqa: TID251  I am in a hurry\n"
    assert other_clocks([snippet(text, "outbox/plan.py")])
    assert other_clocks([snippet(text, CLOCK)]) == []
