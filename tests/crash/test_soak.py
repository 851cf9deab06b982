"""Workers that are killed at random while servers fail, for a minute on each database."""

from pathlib import Path

import pytest

from crash.soak import soak

pytestmark = pytest.mark.enable_socket


@pytest.mark.long
def test_no_promise_is_broken_by_random_deaths_and_failing_servers(tmp_path: Path) -> None:
    report = soak(60, 1, tmp_path)
    assert report.troubles == []
    assert report.happened["workers killed"] > 20
    assert report.happened["workers killed with letters in hand"] > 0
    assert report.happened["senders that acknowledged a stop"] > 0
    assert report.figures["letters taken twice"] == 0
