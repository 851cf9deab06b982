"""When a store is suspected of having forgotten what left, or what is due of having grown stale."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.guard import GuardCause, Mark, StoreFacts, in_words, suspect

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = StoreFacts(
    home=Mark("g1", 500),
    generation="g1",
    replaced=frozenset(),
    high=500,
    marked_before=True,
    one_home=True,
    seen_at=NOW - timedelta(minutes=1),
    longest_outage=DAY,
)


@pytest.mark.parametrize(
    "facts",
    [
        WELL,
        replace(WELL, high=503),  # the mark was not written before a power cut
        replace(WELL, home=None, marked_before=False, high=0, seen_at=None),  # a new installation
        replace(WELL, home=None, marked_before=False),  # the first start of a release with marks
        replace(WELL, home=None, one_home=False),  # another machine joins
        replace(WELL, generation="g2", replaced=frozenset({"g1"})),  # a machine that follows
        replace(WELL, seen_at=NOW - DAY),
        replace(WELL, seen_at=NOW + DAY),  # the clock was set back
    ],
)
def test_a_store_that_remembers_everything_is_not_suspected(facts: StoreFacts) -> None:
    assert suspect(facts, NOW) is None


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        (replace(WELL, high=499), GuardCause.ROLLED_BACK),
        (replace(WELL, high=0, seen_at=None), GuardCause.ROLLED_BACK),
        (replace(WELL, generation="g0"), GuardCause.RESTORED),
        (replace(WELL, home=Mark("unreadable", 0)), GuardCause.RESTORED),
        (replace(WELL, home=None), GuardCause.MARK_LOST),
        (replace(WELL, seen_at=NOW - DAY - timedelta(seconds=1)), GuardCause.DOWNTIME),
        (replace(WELL, high=1, seen_at=NOW - 9 * DAY), GuardCause.ROLLED_BACK),
    ],
)
def test_each_suspicion_has_its_cause_and_its_sentence(
    facts: StoreFacts, cause: GuardCause
) -> None:
    assert suspect(facts, NOW) is cause
    assert in_words(cause, facts).endswith(".")


def test_only_after_an_outage_does_new_work_go_on() -> None:
    assert [each for each in GuardCause if not each.forgets] == [GuardCause.DOWNTIME]


def test_the_sentence_names_the_numbers() -> None:
    said = in_words(GuardCause.ROLLED_BACK, replace(WELL, high=480))
    assert "ends with try 480, and try 500 was made" in said
