"""Codes and sentences as they stand in the code: constant arguments of the calls that say no."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reference.remarks import PRODUCT, tree_of

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")

Places = Mapping[str, tuple[int, int]]
"""The name of a call, and which of its arguments are the code and the sentence."""


class Quote(NamedTuple):
    """One code with its sentence; empty where the sentence comes from elsewhere."""

    code: str
    sentence: str


def quotes(places: Iterable[str], names: Places, *, pairs: bool = False) -> list[Quote]:
    """Give each code once, with the first sentence found beside it, in the order of the codes.

    Args:
        places: files and folders of the product.
        names: which calls say no, and how.
        pairs: whether a tuple of a code and a sentence says no as well.
    """
    found: dict[str, str] = {}
    for file in _files(places):
        said = (*_in_file(file, names), *(_pairs(file) if pairs else ()))
        for quote in said:
            found[quote.code] = found.get(quote.code) or quote.sentence
    return [Quote(code, found[code]) for code in sorted(found)]


def _files(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        path = PRODUCT / place
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        yield from (str(each.relative_to(PRODUCT)) for each in files)


def _in_file(file: str, names: Places) -> Iterator[Quote]:
    module = tree_of(file)
    for scope in (
        module,
        *(each for each in ast.walk(module) if isinstance(each, ast.FunctionDef)),
    ):
        sentences = _variables(scope)
        for node in _own(scope):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from _quote(node, names.get(node.func.id), sentences)


def _pairs(file: str) -> Iterator[Quote]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:  # noqa: PLR2004  a pair
            name, sentence = map(_text, node.elts)
            if _CODE.fullmatch(name) and sentence.endswith("."):
                yield Quote(name, sentence)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk a scope without the functions in it, which are scopes of their own."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from _own(child)


def _variables(scope: ast.AST) -> dict[str, str]:
    return {
        target.id: _text(node.value)
        for node in _own(scope)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _quote(
    call: ast.Call, places: tuple[int, int] | None, variables: Mapping[str, str]
) -> Iterator[Quote]:
    if places is None or len(call.args) <= places[0]:
        return
    said = _text(call.args[places[0]])
    if _CODE.fullmatch(said):
        yield Quote(said, _sentence(call, places[1], variables))


def _sentence(call: ast.Call, place: int, variables: Mapping[str, str]) -> str:
    if len(call.args) <= place:
        return ""
    given = call.args[place]
    return variables.get(given.id, "") if isinstance(given, ast.Name) else _text(given)


def _text(node: ast.expr) -> str:
    """Give the text of a constant or f-string, with an ellipsis for each value; else nothing."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) or "…" for each in node.values)
    return ""
