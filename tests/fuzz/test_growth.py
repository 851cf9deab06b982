"""No mail and no text makes a reader slow: with eight times as much to read, it takes eight times as long.

What is asked is how the time grows, never how long it is.
"""

from collections.abc import Iterator

import pytest

from fuzz import open_findings
from fuzz.growth import Growth, grow
from fuzz.patterns import Attack, attacks
from fuzz.targets import TARGETS, Target
from fuzz.worst_cases import cases_for, placed

SHORT, LONG = 1_000, 8_000  # bytes of the shorter food; the longer one has eight times as many
ALL = pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
PARTS = [target for target in TARGETS if not target.is_sum]


def slow_cases(target: Target, size: int) -> Iterator[str]:
    """Try every worst case, and name those that take too long."""
    for name, make in cases_for(target):
        if (target.name, name) not in open_findings.GROWTH:
            found = grow(target.check, make, size)
            if not found.is_bearable:
                yield f"{name}: {found}"


def slow_attacks(target: Target, size: int) -> Iterator[str]:
    """Try every string that a regular expression cannot bear, where it can reach a target."""
    for attack in attacks():
        if not is_known(attack):
            yield from (f"{attack}: {found}" for found in _unbearable(target, attack, size))


def is_known(attack: Attack) -> bool:
    return any(map(attack.name.startswith, open_findings.EXPRESSIONS))


def _unbearable(target: Target, attack: Attack, size: int) -> Iterator[Growth]:
    for make in placed(target, attack.make):
        found = grow(target.check, make, size)
        if not found.is_bearable:
            yield found


@pytest.mark.parametrize("target", PARTS, ids=lambda each: each.name)
def test_the_time_for_a_worst_case_grows_with_its_size(target: Target) -> None:
    assert not list(slow_cases(target, SHORT))


def test_no_expression_can_be_made_slow_from_outside() -> None:
    assert not [found for target in PARTS for found in slow_attacks(target, SHORT)]


@pytest.mark.long
@ALL
def test_the_time_for_a_long_worst_case_grows_with_its_size(target: Target) -> None:
    assert not list(slow_cases(target, LONG))


@pytest.mark.long
@ALL
def test_no_expression_can_be_made_slow_by_much(target: Target) -> None:
    assert not list(slow_attacks(target, LONG))


def quadratic(data: bytes) -> object:
    return [sum(data[place:]) for place in range(0, len(data), 4)]


def linear(data: bytes) -> object:
    return [sum(data) for _ in range(100)]


def test_quadratic_time_is_noticed_and_linear_time_is_not() -> None:
    assert not grow(quadratic, bytes, SHORT).is_bearable
    assert grow(linear, bytes, SHORT).is_bearable
