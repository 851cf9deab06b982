"""The repository's Python files, read once, as values that the house rules judge."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = PurePosixPath("src/marketing_agent")


@dataclass(frozen=True)
class Source:
    """One Python file: its path in the repository and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def place(self) -> PurePosixPath:
        """The path below src/marketing_agent, such as outbox/claim.py."""
        return self.path.relative_to(PRODUCT)

    def at(self, node: ast.AST) -> str:
        """Give `node`'s place as path:line, for a message."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def snippet(text: str, place: str = "outbox/example.py") -> Source:
    """Make a file that does not exist, to prove that a rule can fail."""
    return Source(PRODUCT / place, text)


@cache
def product() -> tuple[Source, ...]:
    """Give the product's modules, without generated migrations."""
    return tuple(each for each in _below("src") if "migrations" not in each.path.parts)


@cache
def everything() -> tuple[Source, ...]:
    """Give the product's modules, the tests and the benchmarks."""
    return (*product(), *_below("tests"), *_below("benchmarks"))


def expect_none(found: Iterable[str]) -> None:
    """Fail with one line for each breach that was found."""
    breaches = list(found)
    assert not breaches, "\n".join(["", *breaches])


def imports(source: Source) -> list[tuple[str, str]]:
    """List what `source` imports, as (place, dotted name); `from a import b` gives a.b."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [(source.at(node), alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [(source.at(node), f"{module}.{alias.name}") for alias in node.names]
    return found


def is_within(name: str, package: str) -> bool:
    """Tell whether the dotted `name` is `package` or lies in it."""
    return name == package or name.startswith(f"{package}.")


def _below(folder: str) -> list[Source]:
    files = sorted((ROOT / folder).rglob("*.py"))
    return [Source(PurePosixPath(file.relative_to(ROOT)), file.read_text()) for file in files]
