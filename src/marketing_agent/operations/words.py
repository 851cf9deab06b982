"""How sentences name moments and words of the system."""

from datetime import datetime


def at(moment: datetime) -> str:
    """Give a moment as people read it, in UTC and to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}Z"


def spaced(word: str) -> str:
    """Give a word of the system without underscores."""
    return str(word).replace("_", " ")


def counted(count: int, one: str, many: str) -> str:
    """Give a count with its words: `1 letter waits`, `3 letters wait`."""
    return f"{count:,} {one if count == 1 else many}"
