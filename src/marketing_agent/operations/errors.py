"""Refusals with a sentence for the person who asked: the CLI prints it, the API wraps it."""

from typing import ClassVar


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


class NotReadyError(OperatorError):
    """It cannot be done now; the same call may succeed later."""

    code = "not_ready"
    status = 503
    retryable = True
