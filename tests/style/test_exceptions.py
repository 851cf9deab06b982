"""Nothing is swallowed: the unforeseen is caught in a worker's outermost loop and nowhere else."""

import ast
from collections import Counter
from collections.abc import Iterable

import pytest

from style.sources import Source, expect_none, product, snippet

EVERYTHING = {"Exception", "BaseException"}
OUTERMOST = {
    "workers/loop.py": 1,  # a job that fails is recorded, the others go on
    "outbox/deliver.py": 1,  # a letter that fails is held with its traceback, the others go on
    "inbound/steps.py": 1,  # a poison message is held with its traceback, the others go on
}


def broad_handlers(sources: Iterable[Source]) -> list[str]:
    """List the handlers of everything beyond those that `OUTERMOST` allows."""
    found = [(source, node) for source in sources for node in _broad(source)]
    counts = Counter(str(source.place) for source, _ in found)
    over = {place for place, count in counts.items() if count > OUTERMOST.get(place, 0)}
    return [source.at(node) for source, node in found if str(source.place) in over]


def _broad(source: Source) -> list[ast.AST]:
    return [node for node in ast.walk(source.tree) if _catches_all(node) or _suppresses_all(node)]


def _catches_all(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and (node.type is None or _names_all(node.type))


def _suppresses_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func).rsplit(".", maxsplit=1)[-1]
    return name == "suppress" and any(_names_all(each) for each in node.args)


def _names_all(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(ast.unparse(part).rsplit(".", maxsplit=1)[-1] in EVERYTHING for part in parts)


def test_only_outermost_loops_catch_everything() -> None:
    expect_none(broad_handlers(product()))


@pytest.mark.parametrize(
    "handler",
    ["except Exception", "except", "except (OSError, BaseException)", "except Exception as e"],
)
def test_a_broad_handler_is_found(handler: str) -> None:
    text = f"try:\n    f()\n{handler}:\n    pass\n"
    assert broad_handlers([snippet(text, "inbound/fetch.py")])
    assert broad_handlers([snippet(text, "workers/loop.py")]) == []
    assert broad_handlers([snippet(text * 2, "workers/loop.py")])


def test_a_broad_suppress_is_found() -> None:
    assert broad_handlers([snippet("with contextlib.suppress(Exception):\n    f()\n")])
    assert broad_handlers([snippet("with contextlib.suppress(OSError):\n    f()\n")]) == []
