"""Values written as Markdown: tables, code and links."""

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; cells are Markdown already."""
    lines = [_line(columns), _line(["---"] * len(columns)), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_one_line(cell) for cell in cells) + " |"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(value: object) -> str:
    """Write a value as code; nothing stays nothing."""
    return f"`{value}`" if str(value) else ""


def codes(values: Iterable[object]) -> str:
    """Write several values as code, with commas between."""
    return ", ".join(code(value) for value in values)


def link(text: str, target: str) -> str:
    """Write a link."""
    return f"[{text}]({target})"


def block(text: str, language: str = "text") -> str:
    """Write a fenced block."""
    return f"```{language}\n{text.strip()}\n```\n"


def first_sentence(text: str | None) -> str:
    """Give the first line of a docstring."""
    lines = (text or "").strip().splitlines()
    return lines[0] if lines else ""
