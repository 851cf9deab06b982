"""The reply above what any mail program quotes, in any language, quoted with ">" or not."""

import tomllib
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from marketing_agent.mail.strip import strip_reply

MAX = "Max Muster <max@acme.example>"
PROGRAMS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("introductions.toml").read_text("utf-8")
)
REPLY = "Yes, gladly.\nPlease call me tomorrow.\n\nJane"
OLD = "Hello Jane,\n\nshall we talk?\n\nMax"
QUOTED = "".join(f"> {line}\n" for line in OLD.split("\n"))


def introductions(*, marked: bool = True, pasted: bool = True) -> list[ParameterSet]:
    """All introductions as parameters; `marked` and `pasted` say which kinds are wanted, too."""
    return [
        pytest.param(text.replace("{max}", MAX), id=f"{program}-{name}")
        for program, table in PROGRAMS.items()
        for name, text in table.items()
        if marked or not text.endswith("\n>")
        if pasted or (program != "ruled" and not text.startswith(">>>"))
    ]


@pytest.mark.parametrize("introduction", introductions())
def test_a_quote_with_marks_goes(introduction: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{introduction}\n\n{QUOTED}") == REPLY


# Programs whose introduction needs the marks below it always set them.
@pytest.mark.parametrize("introduction", introductions(marked=False))
def test_a_quote_without_marks_goes(introduction: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{introduction}\n\n{OLD}") == REPLY


# Nobody answers below a mail that is pasted whole.
@pytest.mark.parametrize("introduction", introductions(pasted=False))
def test_an_answer_below_the_quote_stays(introduction: str) -> None:
    assert strip_reply(f"{introduction}\n\n{QUOTED}\n{REPLY}") == REPLY


@pytest.mark.parametrize("introduction", introductions(marked=False, pasted=False))
def test_an_introduction_may_be_folded_in_its_middle(introduction: str) -> None:
    words = introduction.replace("\n", " ").split(" ")
    folded = " ".join(words[: len(words) // 2]) + "\n" + " ".join(words[len(words) // 2 :])
    assert strip_reply(f"{REPLY}\n\n{folded}\n\n{QUOTED}") == REPLY
