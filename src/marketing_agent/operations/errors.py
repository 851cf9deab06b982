"""Refusals with a sentence for the person who asked: the CLI prints it, the API wraps it."""

import re
from typing import ClassVar

_WORDS = re.compile(r"^(?![A-Z]+:)[A-Za-z_][\w.]*(?:: .*|(?<=Error)|(?<=Exception))$", re.MULTILINE)


def last_words(trace: str) -> str:
    """Give the line of a traceback that names the exception; what a database adds below is left out."""
    found = _WORDS.search(trace.rpartition('\n  File "')[2])
    return found[0] if found else trace.strip().rpartition("\n")[2]


class OperatorError(Exception):
    """Something was refused; the message says what and what to do about it.

    Attributes:
        code: stable word for programs (the API's `code`).
        status: HTTP status that fits.
        retryable: whether the same call may succeed later unchanged.
    """

    code: str = "refused"
    status: ClassVar[int] = 409
    retryable: ClassVar[bool] = False


class NotFoundError(OperatorError):
    """What was named does not exist."""

    code = "not_found"
    status = 404


class ConflictError(OperatorError):
    """What is asked contradicts the state that things are in."""

    code = "conflict"


class BadValueError(OperatorError):
    """A value cannot be used."""

    code = "bad_value"
    status = 422
