"""Liquid, strict: a variable without a value never reaches a letter."""

from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError
from liquid.undefined import FalsyStrictUndefined

_CACHED = 256  # templates


class TemplateProblem(Exception):  # noqa: N818  it reads as what it says
    """A template that cannot be read or filled; the message says where and why, in one sentence."""


class _Missing(FalsyStrictUndefined):
    """A value that is not there: it may be asked for (`if`, `default`) but not written."""

    __slots__ = ()
    force_liquid_default = True


class _Strict(Environment):
    """Limits keep a template from eating time and memory."""

    loop_iteration_limit = 1_000
    output_stream_limit = 200_000  # bytes
    local_namespace_limit = 100_000  # bytes
    context_depth_limit = 10
    suppress_blank_control_flow_blocks = False


_ENVIRONMENT = _Strict(undefined=_Missing)


def fill(source: str, values: Mapping[str, object]) -> str:
    """Render a template with `values`.

    Raises:
        TemplateProblem: when it cannot be read, or writes a value that is missing.
    """
    try:
        return compiled(source).render(**values)
    except LiquidError as error:
        raise TemplateProblem(_sentence(error)) from None


@lru_cache(maxsize=_CACHED)
def compiled(source: str) -> BoundTemplate:
    """Parse a template.

    Raises:
        TemplateProblem: when it cannot be read.
    """
    try:
        return _ENVIRONMENT.from_string(source)
    except LiquidError as error:
        raise TemplateProblem(_sentence(error)) from None


def variables_of(source: str) -> set[str]:
    """Give the variables that a template reads from outside, two levels deep: `prospect.city`.

    Raises:
        TemplateProblem: when it cannot be read, or wants to include another template.
    """
    try:
        found = compiled(source).analyze().globals.values()
    except LiquidError as error:
        raise TemplateProblem(_sentence(error)) from None
    return {".".join(map(str, each.segments[:2])) for uses in found for each in uses}


def _sentence(error: LiquidError) -> str:
    first = str(error).splitlines()[0].rstrip(".")
    token = error.token
    line = token.source.count("\n", 0, token.start_index) + 1 if token else 1
    return f"The template cannot be filled: {first} (line {line})."
