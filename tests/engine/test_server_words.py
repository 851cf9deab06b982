"""What hundreds of servers say, in twenty languages, and what each sentence means."""

from pathlib import Path

import pytest

from marketing_agent.engine.bounce_rules import classify_failure

FILE = Path(__file__).with_name("server_words.txt")


def sentences() -> list[tuple[str, str]]:
    found = []
    category = ""
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and " " not in line:
            category = line[1:-1]
        elif line and not line.startswith("# "):
            found.append((category, line.replace("\\n", "\n")))
    return found


@pytest.mark.parametrize(("category", "text"), sentences())
def test_a_sentence_is_understood_without_any_number_given(category: str, text: str) -> None:
    assert classify_failure(None, None, text).category == category


@pytest.mark.parametrize(("category", "text"), sentences()[::5])
def test_neither_case_nor_line_breaks_change_it(category: str, text: str) -> None:
    first, _, rest = text.rpartition(" ")
    assert classify_failure(None, None, f"{first}\r\n  {rest}").category == category
    assert classify_failure(None, None, text.upper()).category == category
