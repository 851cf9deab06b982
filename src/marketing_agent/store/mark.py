"""The mark beside the store: what the home remembers of it, so that an old copy is noticed.

A file of the home, not of the database: a restored or copied database brings its own past along, and
the mark says that there was more.
"""

import json
from pathlib import Path

from marketing_agent.engine.guard import UNREADABLE, Mark
from marketing_agent.settings import settings
from marketing_agent.store.whole_file import write_whole

NAME = "store-mark.json"


def path() -> Path:
    """Give the file's place."""
    return settings().home / NAME


def read() -> Mark | None:
    """Give the mark; None without one. A file that nobody can understand is a mark of nothing known.

    Raises:
        OSError: when the file is there and cannot be read.
    """
    try:
        known = json.loads(path().read_text("utf-8"))
        return Mark(str(known["generation"]), int(known["high"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return UNREADABLE


def write(mark: Mark) -> None:
    """Write the mark, whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    write_whole(path(), json.dumps({"generation": mark.generation, "high": mark.high}))


def high() -> int:
    """Give the highest number of a try that ever left from this home."""
    known = read()
    return known.high if known is not None else 0


def rise(number: int) -> None:
    """Remember that a try of this number was made; a home without a mark has nothing to compare.

    Two processes that rise at once may keep the lower of the two numbers: the mark then notices a little
    less, and never raises a false alarm.
    """
    known = read()
    if known is not None and known != UNREADABLE and number > known.high:
        write(Mark(known.generation, number))
