"""Small files of the home that are there as a whole or not at all."""

import os
import secrets
import stat
from datetime import datetime
from pathlib import Path


def write_whole(
    place: Path, text: str, *, durable: bool = False, at: datetime | None = None
) -> None:
    """Write a file in one step, for its owner alone; where that fails, what was there before stays.

    Args:
        place: where it is to lie; its folder exists.
        text: its whole content.
        durable: whether to wait for the disk, so that a power cut cannot take it.
        at: the time that the file bears; None for now.

    Raises:
        OSError: when it cannot be written.
    """
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8") as made:
            os.fchmod(made.fileno(), stat.S_IRUSR | stat.S_IWUSR)
            made.write(text)
            made.flush()
            if durable:
                os.fsync(made.fileno())
            if at is not None:
                os.utime(made.fileno(), (at.timestamp(), at.timestamp()))
        beside.replace(place)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
