"""Small functions, small modules. STYLE.md says how they are measured."""

import ast
import io
import statistics
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from style.sources import Source, everything, expect_none, product, snippet

LONGEST_FUNCTION = 50
LONGEST_MODULE = 300
MEDIAN_BODY = 6
NINTH_DECILE_BODY = 20
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


@dataclass(frozen=True)
class Function:
    """A function's two sizes, in lines."""

    place: str
    whole: int
    body: int


def functions(source: Source) -> Iterator[Function]:
    """Measure every function, method and nested function of `source`."""
    speaking = _lines_with_code(source.text)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            whole = (node.end_lineno or node.lineno) - node.lineno + 1
            place = f"{source.at(node)} {node.name}"
            yield Function(place, whole, len(speaking & _body_lines(node)))


def too_long_functions(sources: Iterable[Source]) -> list[str]:
    found = [each for source in sources for each in functions(source)]
    return [f"{f.place}: {f.whole} lines" for f in found if f.whole > LONGEST_FUNCTION]


def too_long_modules(sources: Iterable[Source]) -> list[str]:
    lengths = [(source.path, len(source.text.splitlines())) for source in sources]
    return [f"{path}: {lines} lines" for path, lines in lengths if lines > LONGEST_MODULE]


def bodies(sources: Iterable[Source]) -> list[int]:
    return [each.body for source in sources for each in functions(source)]


def ninth_decile(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10, method="inclusive")[8]


def _lines_with_code(text: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    spans = [range(t.start[0], t.end[0] + 1) for t in tokens if t.type not in _SILENT]
    return {line for span in spans for line in span}


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    statements = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not statements:
        return set()
    return set(range(statements[0].lineno, (node.end_lineno or 0) + 1))


def test_no_function_is_longer_than_fifty_lines() -> None:
    expect_none(too_long_functions(everything()))


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    expect_none(too_long_modules(everything()))


def test_half_of_the_functions_have_at_most_six_lines_of_code() -> None:
    assert statistics.median(bodies(product())) <= MEDIAN_BODY


def test_nine_functions_in_ten_have_at_most_twenty_lines_of_code() -> None:
    assert ninth_decile(bodies(product())) <= NINTH_DECILE_BODY


def test_a_function_of_fifty_one_lines_is_found() -> None:
    lines = "\n".join(f"    a{n} = {n}" for n in range(50))
    assert too_long_functions([snippet(f"def f():\n{lines}")])
    assert not too_long_functions([snippet("def f():\n" + "\n".join(lines.splitlines()[1:]))])


def test_a_module_of_three_hundred_and_one_lines_is_found() -> None:
    assert too_long_modules([snippet("a = 1\n" * 301)])
    assert not too_long_modules([snippet("a = 1\n" * 300)])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f():\n    '''Docs.\n\n    More.'''\n    return 1\n", 1),
        ("def f():\n    # why\n\n    return (\n        1\n    )\n", 3),
        ("def f():\n    def g():\n        return 1\n    return g\n", 3),
        ("def f():\n    '''Only docs.'''\n", 0),
        ("@cache\ndef f(\n    a,\n    b,\n):\n    return a\n", 1),
        ("def f(): return 1\n", 1),
    ],
)
def test_a_body_is_counted_without_docstring_comments_and_empty_lines(
    text: str, lines: int
) -> None:
    assert max(bodies([snippet(text)])) == lines
