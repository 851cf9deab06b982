"""docs/reference/incidents.md names tests that exist, and every test that stands here."""

import ast
import re

from style.sources import ROOT, expect_none

PAGE = ROOT / "docs" / "reference" / "incidents.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
HERE = ROOT / "tests" / "incidents"


def functions_of(file: str) -> set[str]:
    """Name the functions of a file; none when there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    named = NAMED.findall(PAGE.read_text())
    assert len(named) > 80
    expect_none(f"{file}::{name}" for file, name in named if name not in functions_of(file))


def test_every_incident_has_a_test() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    heads = ("| what went wrong", "| ---")
    expect_none(row for row in rows if not row.startswith(heads) and not NAMED.search(row))


def test_every_test_that_stands_here_is_on_the_page() -> None:
    text = PAGE.read_text()
    files = [each for each in HERE.glob("test_*.py") if each.name != "test_page.py"]
    names = {f"tests/incidents/{each.name}::{name}" for each in files for name in _tests(each.name)}
    expect_none(sorted(name for name in names if f"`{name}`" not in text))


def _tests(name: str) -> list[str]:
    return [each for each in functions_of(f"tests/incidents/{name}") if each.startswith("test_")]
