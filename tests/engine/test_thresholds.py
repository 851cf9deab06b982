import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.thresholds import (
    THRESHOLDS,
    Flag,
    Threshold,
    flag,
    flag_rate,
    threshold,
)
from marketing_agent.engine.wilson import lower_bound


@pytest.mark.parametrize(
    ("metric", "fine", "warning", "critical"),
    [
        ("bounce_rate", 0.03, 0.031, 0.051),
        ("inbox_health", 80, 79.9, 49.9),
        ("error_rate", 0.01, 0.02, 0.06),
        ("queue_depth", 100, 101, 501),
        ("response_time", 2, 2.1, 5.1),
        ("complaint_rate", 0.001, 0.002, 0.004),
    ],
)
def test_the_printed_lines_must_be_passed(
    metric: str, fine: float, warning: float, critical: float
) -> None:
    found = [flag(metric, value) for value in (fine, warning, critical)]
    assert found == [Flag.OK, Flag.WARNING, Flag.CRITICAL]


@pytest.mark.parametrize("row", THRESHOLDS, ids=lambda row: row.metric)
def test_an_unknown_figure_is_neither_good_nor_bad(row: Threshold) -> None:
    assert flag(row.metric, None) is Flag.UNKNOWN


def test_below_the_floor_a_rate_is_unknown() -> None:
    assert flag_rate("bounce_rate", 3, 19) is Flag.UNKNOWN
    assert flag_rate("complaint_rate", 1, 440) is Flag.UNKNOWN
    assert flag_rate("error_rate", 49, 49) is Flag.UNKNOWN


def test_a_few_letters_above_the_floor_prove_nothing() -> None:
    assert flag_rate("bounce_rate", 2, 30) is Flag.OK
    assert flag_rate("bounce_rate", 5, 90) is Flag.WARNING
    assert flag_rate("bounce_rate", 30, 300) is Flag.CRITICAL


def test_error_rate_has_a_floor_but_needs_no_proof() -> None:
    assert flag_rate("error_rate", 1, 50) is Flag.WARNING


def test_unknown_metric_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        threshold("open_rate")


def test_wilson_agrees_with_the_worked_figures() -> None:
    # Brown, Cai, DasGupta (2001): z = 1.96, 5 of 50 gives 0.0435.
    assert lower_bound(5, 50, z=1.959964) == pytest.approx(0.04348, abs=1e-4)
    assert lower_bound(0, 10) == 0


def test_wilson_refuses_impossible_counts() -> None:
    for events, sample in ((1, 0), (0, 0), (3, 2), (-1, 5)):
        with pytest.raises(ValueError, match="cannot come"):
            lower_bound(events, sample)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bound_is_below_the_rate_and_grows_with_events(counts: tuple[int, int]) -> None:
    events, sample = counts
    bound = lower_bound(events, sample)
    assert 0 <= bound <= events / sample + 1e-12
    if events:
        assert lower_bound(events - 1, sample) <= bound
