"""What the code's own text says beside its values: strings below constants, comments behind columns."""

import ast
import io
import itertools
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PRODUCT = Path(__file__).resolve().parents[2] / "src" / "marketing_agent"


@cache
def tree_of(place: str) -> ast.Module:
    """Give the syntax tree of a product file, such as engine/stages.py."""
    return ast.parse((PRODUCT / place).read_text(encoding="utf-8"))


def said_below(place: str, name: str) -> str:
    """Give the string that stands below a constant; empty where there is none."""
    lines = tree_of(place).body
    for line, below in itertools.pairwise(lines):
        if name in targets(line) and isinstance(below, ast.Expr):
            value = below.value
            return str(value.value) if isinstance(value, ast.Constant) else ""
    return ""


def targets(line: ast.stmt) -> list[str]:
    """Give the names that a statement assigns to."""
    if isinstance(line, ast.AnnAssign):
        found: list[ast.expr] = [line.target]
    else:
        found = line.targets if isinstance(line, ast.Assign) else []
    return [each.id for each in found if isinstance(each, ast.Name)]


@cache
def column_comments(place: str) -> dict[tuple[str, str], str]:
    """Give the comments behind the assignments of a file's classes, by class and name."""
    comments = _comments((PRODUCT / place).read_text(encoding="utf-8"))
    return {
        (name_of_class, name): comments[line]
        for name_of_class, name, lines in _assignments(place)
        for line in lines
        if line in comments
    }


def _comments(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {
        each.start[0]: each.string.lstrip("# ")
        for each in tokens
        if each.type == tokenize.COMMENT and not each.string.startswith("# noqa")
    }


def _assignments(place: str) -> Iterator[tuple[str, str, range]]:
    for node in tree_of(place).body:
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                for name in targets(line):
                    yield node.name, name, range(line.lineno, (line.end_lineno or line.lineno) + 1)
