"""A worker is killed at every step; the next one clears up, and nothing was sent twice or lost."""

import pytest

from crash.cell import Outcome, Workshop
from crash.judge import Verdict
from crash.points import POINTS
from crash.scenes import Point, Scene
from marketing_agent.sandbox.certificates import make_certificates

pytestmark = pytest.mark.enable_socket

CELLS = [(point, workers) for point in POINTS for workers in point.crews]


def name(value: object) -> str:
    return f"{value.scene.name}: {value.name}" if isinstance(value, Point) else str(value)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("crash")
    return Workshop(folder, make_certificates(folder / "ca"))


def assert_clean(outcome: Outcome) -> None:
    assert outcome.troubles == ()
    assert outcome.verdict == Verdict()


@pytest.mark.parametrize(("point", "workers"), CELLS, ids=name)
def test_a_death_at_this_step_sends_nothing_twice_and_loses_nothing(
    workshop: Workshop, point: Point, workers: int
) -> None:
    outcome = workshop.die(point, workers)
    assert outcome.killed, "no worker came to this point"
    assert_clean(outcome)
    # Each connection that stands in DATA leaves one unknown, and these scenes fill all that are open.
    assert outcome.unknown == point.most_unknown


@pytest.mark.long
@pytest.mark.parametrize("hit", [2, 3])
@pytest.mark.parametrize(("point", "workers"), CELLS, ids=name)
def test_a_later_death_at_this_step_does_not_either(
    workshop: Workshop, point: Point, workers: int, hit: int
) -> None:
    outcome = workshop.die(point, workers, hit)  # some steps are reached once only
    assert_clean(outcome)
    assert outcome.unknown == (point.most_unknown if outcome.killed else 0)


MUTANTS = (
    ("try_again", Scene.SEND, "the final dot is sent", "duplicates"),
    ("try_again", Scene.FOLLOW_UP, "the final dot is sent", "duplicates"),
    ("forget_claims", Scene.SEND, "letters are claimed", "losses"),
    ("end_after_a_letter", Scene.SEND, "the outcome is committed", "losses"),
    ("act_after_the_end", Scene.INBOUND, "what follows is written, not committed", "losses"),
    ("follow_nothing", Scene.INBOUND, "the mail is done", "losses"),
)


@pytest.mark.parametrize(("mutant", "scene", "step", "found"), MUTANTS, ids=str)
def test_the_matrix_finds_a_bug_that_was_put_in(
    workshop: Workshop, mutant: str, scene: Scene, step: str, found: str
) -> None:
    point = next(each for each in POINTS if (each.scene, each.name) == (scene, step))
    outcome = workshop.die(point, 1, mutant=mutant)
    assert outcome.killed
    assert getattr(outcome.verdict, found), outcome.verdict
