"""A worker is killed at every step; the next one clears up, and nothing was sent twice or lost."""

import pytest

from crash.cell import Workshop
from crash.judge import Verdict
from crash.points import POINTS, Point
from marketing_agent.sandbox.certificates import make_certificates

pytestmark = pytest.mark.enable_socket

WORKERS = (1, 4)


def name(value: object) -> str:
    return f"{value.scene.name}: {value.name}" if isinstance(value, Point) else str(value)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("crash")
    return Workshop(folder, make_certificates(folder / "ca"))


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("point", POINTS, ids=name)
def test_a_death_at_this_step_sends_nothing_twice_and_loses_nothing(
    workshop: Workshop, point: Point, workers: int
) -> None:
    outcome = workshop.die(point, workers)
    assert outcome.killed, "no worker came to this point"
    assert outcome.verdict.duplicates == []
    assert outcome.verdict.losses == []
    assert outcome.unknown == (1 if point.doubtful else 0)
    assert outcome.verdict.unsettled == []
    assert outcome.verdict.broken == []


@pytest.mark.long
@pytest.mark.parametrize("hit", [2, 3])
@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("point", POINTS, ids=name)
def test_a_later_death_at_this_step_does_not_either(
    workshop: Workshop, point: Point, workers: int, hit: int
) -> None:
    outcome = workshop.die(point, workers, hit)  # some steps are reached once only
    assert outcome.verdict == Verdict()
    assert outcome.unknown == (1 if point.doubtful and outcome.killed else 0)


MUTANTS = (
    ("try_again", "the final dot is sent", "duplicates"),
    ("forget_claims", "letters are claimed", "losses"),
    ("act_after_the_end", "what follows is written, not committed", "losses"),
)


@pytest.mark.parametrize(("mutant", "step", "found"), MUTANTS, ids=str)
def test_the_matrix_finds_a_bug_that_was_put_in(
    workshop: Workshop, mutant: str, step: str, found: str
) -> None:
    point = next(each for each in POINTS if each.name == step)
    outcome = workshop.die(point, 1, mutant=mutant)
    assert outcome.killed
    assert getattr(outcome.verdict, found), outcome.verdict
