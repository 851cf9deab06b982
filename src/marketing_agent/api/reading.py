"""Reading what was sent: a body that is JSON is JSON, whatever its content type says."""

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

_WIDEST = 2**63  # what a column of either database can hold
_DEEPEST = 40


class UnreadableBody(ValueError):  # noqa: N818  it reads as what it says
    """A body that is no JSON, or JSON that no column could hold; the message says which."""


class AnyTypeParser(Parser):
    """Ninja's parser, but for `curl -d`, which calls its JSON a form."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Read the body as JSON.

        Raises:
            UnreadableBody: when it is not JSON, or holds what no column can.
        """
        value: DictStrAny = read_json(request.body)
        return value


def read_json(body: bytes) -> Any:  # noqa: ANN401  JSON is any of six types
    """Read JSON strictly: UTF-8, no NaN, no NUL, no lone surrogate, no integer past 64 bits.

    Raises:
        UnreadableBody: with a sentence.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(f"The body is not JSON: {_short(error)}.") from None
    _check(value, _DEEPEST)
    return value


def check_text(text: str) -> None:
    """Refuse a string that no text column can hold.

    Raises:
        UnreadableBody: for NUL and for half a character (a lone surrogate).
    """
    if "\x00" in text:
        raise UnreadableBody("A text holds a NUL character; leave it out.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UnreadableBody("A text holds half a character (a lone surrogate); leave it out.")


def _check(value: Any, depth: int) -> None:  # noqa: ANN401  JSON is any of six types
    if depth == 0:
        raise UnreadableBody(f"The body nests deeper than {_DEEPEST} levels.")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        raise UnreadableBody("A number is too large: integers end at 64 bits.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise UnreadableBody("A number is too large: it became infinite.")
    elif isinstance(value, list):
        for each in value:
            _check(each, depth - 1)
    elif isinstance(value, dict):
        for key, each in value.items():
            check_text(key)
            _check(each, depth - 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _short(error: Exception) -> str:
    return "it nests too deep" if isinstance(error, RecursionError) else str(error)[:120]
