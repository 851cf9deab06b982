from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.health import Band, Evidence, Verdict, assess, band, probation_limit

ENDED = datetime(2025, 3, 3, tzinfo=UTC)
SEVERITY = [Verdict.NONE, Verdict.HALVE, Verdict.PAUSE]


def evidence(
    sent: int,
    hard: int = 0,
    *,
    block: int = 0,
    complaints: int = 0,
    replies: int = 0,
    age: int | None = 90,
    last_ten: int = 0,
) -> Evidence:
    return Evidence(sent, hard, block, complaints, replies, age, last_ten)


def points(facts: Evidence) -> dict[str, float | None]:
    return {factor.name: factor.points for factor in assess(facts).factors}


@pytest.mark.parametrize(
    ("bounces", "expected"), [(0, 100), (15, 90), (30, 80), (40, 65), (50, 50), (75, 25), (100, 0)]
)
def test_bounce_points_are_linear_between_the_corners(bounces: int, expected: float) -> None:
    assert points(evidence(1000, bounces))["bounce"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("complaints", "expected"), [(0, 100), (10, 80), (30, 50), (65, 25), (100, 0)]
)
def test_complaint_points(complaints: int, expected: float) -> None:
    assert points(evidence(10_000, complaints=complaints))["complaint"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("replies", "expected"), [(0, 60), (5, 70), (10, 80), (30, 100), (500, 100)]
)
def test_reply_points(replies: int, expected: float) -> None:
    assert points(evidence(1000, replies=replies))["reply"] == pytest.approx(expected)


@pytest.mark.parametrize(("age", "expected"), [(0, 60), (14, 70), (28, 80), (59, 90), (90, 100)])
def test_age_points(age: int, expected: float) -> None:
    assert points(evidence(0, age=age))["age"] == pytest.approx(expected)


def test_all_four_factors_have_their_printed_weights() -> None:
    health = assess(evidence(1000, 50, replies=10, complaints=1, age=28))
    assert health.score == pytest.approx(0.4 * 50 + 0.3 * 80 + 0.2 * 80 + 0.1 * 80)
    assert [factor.effective_weight for factor in health.factors] == pytest.approx(
        [0.4, 0.3, 0.2, 0.1]
    )


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        (19, {"age"}),
        (20, {"age", "bounce"}),
        (49, {"age", "bounce"}),
        (50, {"age", "bounce", "reply"}),
        (999, {"age", "bounce", "reply"}),
        (1000, {"age", "bounce", "reply", "complaint"}),
    ],
)
def test_below_its_floor_a_factor_is_unknown(sent: int, known: set[str]) -> None:
    factors = assess(evidence(sent)).factors
    assert {factor.name for factor in factors if factor.known} == known
    assert all((factor.rate is None) == (factor.name not in known) for factor in factors)


def test_unknown_weight_is_shared_among_the_known() -> None:
    health = assess(evidence(30, 0, age=0))
    shares = {factor.name: factor.effective_weight for factor in health.factors}
    assert shares == pytest.approx({"bounce": 0.8, "complaint": 0, "reply": 0, "age": 0.2})
    assert health.score == pytest.approx(0.8 * 100 + 0.2 * 60)


def test_without_bounce_and_complaint_the_score_is_null_and_nothing_happens() -> None:
    health = assess(evidence(19, 2, replies=0, age=0))
    assert (health.score, health.band, health.verdict) == (None, Band.UNKNOWN, Verdict.NONE)


def test_an_unknown_age_is_shared_too() -> None:
    assert assess(evidence(20, age=None)).score == 100


@pytest.mark.parametrize(
    ("score", "name"),
    [(None, "unknown"), (0, "poor"), (49.9, "poor"), (50, "fair"), (79.9, "fair"), (80, "good")],
)
def test_bands(score: float | None, name: str) -> None:
    assert band(score) == name


def test_one_complaint_in_440_is_no_rate() -> None:
    health = assess(evidence(440, complaints=1, replies=20))
    assert (health.verdict, health.warnings) == (Verdict.NONE, ())


def test_below_the_floor_two_complaints_warn_and_three_pause() -> None:
    two, three = (assess(evidence(440, complaints=n, replies=20)) for n in (2, 3))
    assert two.verdict is Verdict.NONE
    assert "2 complaints" in two.warnings[0]
    assert three.verdict is Verdict.PAUSE
    assert assess(evidence(5, complaints=3)).verdict is Verdict.PAUSE


def test_three_hard_bounces_in_the_last_ten_pause_at_once_even_below_the_floor() -> None:
    assert assess(evidence(10, 3, last_ten=3)).verdict is Verdict.PAUSE
    assert assess(evidence(10, 2, last_ten=2)).verdict is Verdict.NONE


def test_a_high_rate_over_few_letters_halves_but_does_not_pause() -> None:
    # 2 of 20 is 10 %, but at a true rate of 1 % it happens to one inbox in sixty.
    health = assess(evidence(20, 2))
    assert health.band is Band.POOR
    assert health.verdict is Verdict.HALVE


def test_a_proven_rate_above_its_line_pauses_whatever_the_score() -> None:
    health = assess(evidence(1500, 90, replies=150))
    assert health.score is not None
    assert health.score >= 50
    assert health.verdict is Verdict.PAUSE
    assert "bounce rate is 6.00%" in health.reason


def test_a_proven_complaint_rate_pauses() -> None:
    assert assess(evidence(4000, complaints=20, replies=400)).verdict is Verdict.PAUSE
    # 3 of 1000 is 0.3 %: on the line, not past it.
    assert assess(evidence(1000, complaints=3, replies=100)).verdict is not Verdict.PAUSE


def test_blocks_count_like_hard_bounces() -> None:
    assert assess(evidence(500, block=20)).score == assess(evidence(500, 20)).score


def test_late_bounces_beyond_the_letters_do_not_break_it() -> None:
    assert assess(evidence(20, 25, complaints=30)).verdict is Verdict.PAUSE
    assert assess(evidence(0, 2)).score is None


counts = st.integers(0, 3000)


@given(
    sent=counts, hard=counts, complaints=st.integers(0, 40), replies=counts, age=st.integers(0, 120)
)
def test_more_harm_never_improves_anything(
    sent: int, hard: int, complaints: int, replies: int, age: int
) -> None:
    facts = evidence(sent, hard, complaints=complaints, replies=replies, age=age)
    base = assess(facts)
    worse = (
        evidence(sent, hard + 1, complaints=complaints, replies=replies, age=age),
        evidence(sent, hard, complaints=complaints + 1, replies=replies, age=age),
    )
    for other in map(assess, worse):
        assert (base.score is None) == (other.score is None)
        assert (other.score or 0) <= (base.score or 0)
        assert SEVERITY.index(other.verdict) >= SEVERITY.index(base.verdict)
    better = assess(evidence(sent, hard, complaints=complaints, replies=replies + 1, age=age + 1))
    assert (better.score or 0) >= (base.score or 0)


@given(sent=counts, hard=counts, complaints=counts, replies=counts, age=st.integers(0, 5000))
def test_scores_stay_in_range_and_weights_sum_to_one(
    sent: int, hard: int, complaints: int, replies: int, age: int
) -> None:
    health = assess(evidence(sent, hard, complaints=complaints, replies=replies, age=age))
    assert health.score is None or 0 <= health.score <= 100
    assert sum(factor.effective_weight for factor in health.factors) == pytest.approx(1)
    assert health.reason


def test_probation_doubles_weekly_while_clean_and_ends() -> None:
    def limit(days: int, *, clean: bool) -> int | None:
        return probation_limit(ENDED, ENDED + timedelta(days=days), clean)

    assert [limit(days, clean=True) for days in (0, 6, 7, 14, 20)] == [5, 5, 10, 20, 20]
    assert limit(21, clean=True) is None
    assert [limit(days, clean=False) for days in (0, 14, 100)] == [5, 5, 5]
    assert limit(100_000, clean=True) is None
