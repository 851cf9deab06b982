"""Mails and texts that are made up by looking at which code they reach, in a process of their own."""

from pathlib import Path

import pytest

from fuzz.guided_run import Budget, run
from fuzz.seeds import mails, seeds_for
from fuzz.targets import TARGETS, Target

# It comes for Linux alone; the other tests of this folder run everywhere.
pytest.importorskip("atheris")

RUNS = 150  # for each target
LONG_S = 20  # both stores run it; `make fuzz` looks for longer


def test_no_target_breaks_a_promise_in_a_short_guided_run(tmp_path: Path) -> None:
    seeds = [
        bytes([number]) + seed
        for number, target in enumerate(TARGETS)
        for seed in seeds_for(target.food)
    ]
    found = run("any", seeds, Budget(runs=len(seeds) + RUNS * len(TARGETS)), tmp_path)
    assert found.went_well, found.said[-3_000:]


def test_a_bug_that_was_put_in_is_found_and_kept(tmp_path: Path) -> None:
    seeds = [b"Subject: Re: Out of luck\n\nHello\n", *mails()[:3]]
    found = run("planted", seeds, Budget(runs=50), tmp_path)
    assert not found.went_well
    assert "a bug that was put in" in found.said
    assert [file.read_bytes() for file in found.files] == seeds[:1]


@pytest.mark.long
@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_no_target_breaks_a_promise_in_a_longer_run(target: Target, tmp_path: Path) -> None:
    found = run(target.name, seeds_for(target.food), Budget(seconds=LONG_S), tmp_path)
    assert found.went_well, found.said[-3_000:]
