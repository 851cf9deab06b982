import threading

import pytest

from marketing_agent.store.lanes import Lanes
from marketing_agent.workers.threads import InlineLanes, ThreadLanes


@pytest.mark.parametrize("lanes", [InlineLanes(), ThreadLanes(1), ThreadLanes(4)])
def test_every_item_is_done_once(lanes: Lanes) -> None:
    done: list[int] = []
    lanes.map(done.append, range(100))
    assert sorted(done) == list(range(100))


@pytest.mark.parametrize("lanes", [InlineLanes(), ThreadLanes(3)])
def test_one_items_failure_is_raised_when_the_others_are_done(lanes: Lanes) -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 3:
            raise ValueError("three")
        done.append(item)

    with pytest.raises(ValueError, match="three"):
        lanes.map(work, range(10))
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_threads_work_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)
    ThreadLanes(3).map(lambda _: together.wait() and None, range(3))
    assert not together.broken


def test_no_items_is_no_work() -> None:
    ThreadLanes(2).map(lambda _: pytest.fail("called"), [])
