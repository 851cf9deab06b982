"""Nothing is swallowed: the unforeseen is caught in a worker's outermost loop and nowhere else."""

import ast
from collections import Counter
from collections.abc import Iterable

import pytest

from style.sources import Source, expect_none, product, snippet

EVERYTHING = {"Exception", "BaseException"}
OUTERMOST = {
    "workers/loop.py": 2,  # the worker's turn; a job whose end could not be recorded
    "workers/threads.py": 1,  # an item's failure is raised once the other items are done
    "workers/group_desk.py": 1,  # a failure is handed to the lanes that wait for it
    "outbox/deliver.py": 1,  # a letter that fails is held with its traceback, the others go on
    "inbound/steps.py": 1,  # a poison mail is held with its traceback, the others go on
    "inbound/second_opinion.py": 1,  # as steps.py: a reply that fails goes to a person
    "cli/main.py": 1,  # every failure becomes a sentence and an exit code
    "sandbox/loop_thread.py": 1,  # raised again in the thread that asked
}


def broad_handlers(sources: Iterable[Source]) -> list[str]:
    """List the handlers that end an unforeseen error beyond those that `OUTERMOST` allows.

    A handler whose last statement raises ends nothing: it cleans up and passes the error on.
    """
    found = [(source, node) for source in sources for node in _broad(source)]
    counts = Counter(str(source.place) for source, _ in found)
    over = {place for place, count in counts.items() if count > OUTERMOST.get(place, 0)}
    return [source.at(node) for source, node in found if str(source.place) in over]


def _broad(source: Source) -> list[ast.AST]:
    return [node for node in ast.walk(source.tree) if _catches_all(node) or _suppresses_all(node)]


def _catches_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    return node.type is None or _names_all(node.type)


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


def test_every_exception_to_the_rule_still_exists() -> None:
    assert OUTERMOST.keys() <= {str(source.place) for source in product()}


@pytest.mark.parametrize(
    "handler",
    ["except Exception", "except", "except (OSError, BaseException)", "except Exception as e"],
)
def test_a_broad_handler_is_found(handler: str) -> None:
    text = f"try:\n    f()\n{handler}:\n    pass\n"
    assert broad_handlers([snippet(text, "inbound/fetch.py")])
    assert broad_handlers([snippet(text, "workers/loop.py")]) == []
    assert broad_handlers([snippet(text * 3, "workers/loop.py")])


def test_a_handler_that_passes_the_error_on_is_none() -> None:
    text = "try:\n    f()\nexcept BaseException:\n    close()\n    raise\n"
    assert broad_handlers([snippet(text, "inbound/fetch.py")]) == []


def test_a_broad_suppress_is_found() -> None:
    assert broad_handlers([snippet("with contextlib.suppress(Exception):\n    f()\n")])
    assert broad_handlers([snippet("with contextlib.suppress(OSError):\n    f()\n")]) == []
