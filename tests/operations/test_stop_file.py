"""The file STOP: an order that needs no program, and the memory of a stop beside the store."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from marketing_agent.operations import stop_file
from marketing_agent.operations.actions import end_stop, follow_file, start_stop
from marketing_agent.operations.actions.stops import StopFileStaysError
from marketing_agent.operations.config import read
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import current_stop, read_stop
from operations.world import BY, HOUR, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def file() -> Path:
    return stop_file.path()


def test_a_file_made_by_hand_stops_everything_at_once(file: Path) -> None:
    assert read_stop().reason == ""
    file.write_text("the wrong list went out\n")
    assert read_stop().reason == "the wrong list went out"
    assert read("emergency_stop") is True


def test_an_empty_file_does_too(file: Path) -> None:
    file.touch()
    assert read_stop().reason == "no reason was given"


def test_a_file_that_cannot_be_read_does_too(file: Path) -> None:
    file.mkdir()
    try:
        assert "cannot be read" in read_stop().reason
    finally:
        file.rmdir()


def test_a_worker_makes_a_record_of_it_with_who_and_why(file: Path) -> None:
    file.write_text("the wrong list went out")
    follow_file(NOW)
    stop = Stop.objects.get()
    assert stop.reason == "the wrong list went out"
    assert stop.started_by.startswith("the file STOP on ")
    assert stop.public_id in file.read_text()


def test_a_stop_has_its_file_and_its_end_takes_it_away(file: Path) -> None:
    start_stop("a doubt", BY, NOW)
    follow_file(NOW)
    text = file.read_text()
    assert "reason: a doubt" in text
    assert "marketing-agent resume" in text
    assert file.stat().st_mode & 0o777 == 0o600
    end_stop(BY, NOW + HOUR)
    assert not file.exists()
    follow_file(NOW + HOUR)
    assert current_stop() is None


@pytest.mark.django_db(transaction=True)
def test_the_file_is_there_as_soon_as_the_stop_is(file: Path) -> None:
    start_stop("a doubt", BY, NOW)
    assert "reason: a doubt" in file.read_text()


def test_removing_the_file_alone_does_not_end_the_stop(file: Path) -> None:
    file.touch()
    follow_file(NOW)
    file.unlink()
    follow_file(NOW)
    assert current_stop() is not None
    assert file.exists()


def test_a_store_that_was_restored_and_knows_no_stop_is_told_of_it_again() -> None:
    first = start_stop("a doubt", BY, NOW)
    follow_file(NOW)
    Stop.objects.all().delete()
    assert read_stop().reason == "a doubt"
    follow_file(NOW + HOUR)
    again = Stop.objects.get()
    assert (again.public_id, again.started_at, again.started_by, again.reason) == (
        first.public_id,
        NOW,
        BY.name,
        "a doubt",
    )


def test_a_file_left_over_on_another_machine_stops_nobody(file: Path) -> None:
    start_stop("a doubt", BY, NOW)
    follow_file(NOW)
    left_over = shutil.copy2(file, file.with_name("left over"))
    end_stop(BY, NOW)
    Path(left_over).replace(file)
    assert current_stop() is None
    follow_file(NOW)
    assert not file.exists()


def test_a_left_over_file_that_somebody_touches_is_an_order(file: Path) -> None:
    start_stop("a doubt", BY, NOW)
    left_over = shutil.copy2(file, file.with_name("left over"))
    end_stop(BY, NOW)
    Path(left_over).replace(file)
    file.touch()
    assert current_stop() is not None
    follow_file(NOW)
    assert Stop.objects.filter(ended_at=None, started_by__startswith="the file STOP").exists()


def test_an_order_made_by_hand_is_ended_like_any_other(file: Path) -> None:
    file.write_text("by hand, and no worker has seen it yet")
    ended = end_stop(BY, NOW)
    assert ended is not None
    assert ended.ended_by == BY.name
    assert not file.exists()
    assert current_stop() is None


@pytest.mark.parametrize("text", ["id:\n", "id: x\nsince: yesterday\n", "\0\0", "é" * 9_000])
def test_whatever_stands_in_it_it_is_a_stop(file: Path, text: str) -> None:
    file.write_bytes(text.encode("latin-1", "replace"))
    follow_file(NOW)
    assert Stop.objects.filter(ended_at=None).count() == 1


def test_a_file_that_cannot_be_removed_keeps_the_stop_and_says_so(file: Path) -> None:
    start_stop("a doubt", BY, NOW)
    file.unlink()
    file.mkdir()
    os.chmod(file, 0o700)  # noqa: PTH101  a folder is something that unlink refuses
    try:
        with pytest.raises(StopFileStaysError, match="by hand"):
            end_stop(BY, NOW)
        assert current_stop() is not None
    finally:
        file.rmdir()


def test_a_disk_without_room_for_its_text_still_takes_an_empty_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", _no_room)
    start_stop("a doubt", BY, NOW)
    assert file.read_text() == ""
    assert [each.name for each in file.parent.glob(".STOP*")] == []


def _no_room(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
