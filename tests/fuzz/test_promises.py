"""Whatever is sent to us, an interface keeps its promises: made-up mails and texts by the thousand."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.hostile_mails import hostile_mails
from fuzz.hostile_texts import as_bytes, texts
from fuzz.seeds import seeds_for
from fuzz.targets import TARGETS, Food, Target, fed_with

FEW, MANY = 60, 4_000
kindly = settings(deadline=None, suppress_health_check=list(HealthCheck))

mail_targets = pytest.mark.parametrize("target", fed_with(Food.MAIL), ids=lambda each: each.name)
other_targets = pytest.mark.parametrize(
    "target", fed_with(Food.TEXT, Food.LINES), ids=lambda each: each.name
)


def other_food() -> st.SearchStrategy[bytes]:
    return texts().map(as_bytes) | st.binary(max_size=200)


@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_honest_food_of_any_kind_breaks_no_promise(target: Target) -> None:
    for food in Food:
        for seed in seeds_for(food):
            target.hold(seed)


@mail_targets
@settings(kindly, max_examples=FEW)
@given(data=hostile_mails())
def test_made_up_mails_break_no_promise(target: Target, data: bytes) -> None:
    target.hold(data)


@other_targets
@settings(kindly, max_examples=FEW)
@given(data=other_food())
def test_made_up_texts_break_no_promise(target: Target, data: bytes) -> None:
    target.hold(data)


@pytest.mark.long
@mail_targets
@settings(kindly, max_examples=MANY)
@given(data=hostile_mails())
def test_many_made_up_mails_break_no_promise(target: Target, data: bytes) -> None:
    target.hold(data)


@pytest.mark.long
@other_targets
@settings(kindly, max_examples=MANY)
@given(data=other_food())
def test_many_made_up_texts_break_no_promise(target: Target, data: bytes) -> None:
    target.hold(data)
