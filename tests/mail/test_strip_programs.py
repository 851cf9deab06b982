"""The reply above what any mail program quotes, in any language, quoted with ">" or not."""

import tomllib
from pathlib import Path

import pytest

from marketing_agent.mail.strip import strip_reply

MAX = "Max Muster <max@acme.example>"
PROGRAMS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("introductions.toml").read_text("utf-8")
)
REPLY = "Yes, gladly.\nPlease call me tomorrow.\n\nJane"
OLD = "Hello Jane,\n\nshall we talk?\n\nMax"
QUOTED = "".join(f"> {line}\n" for line in OLD.split("\n"))

ALL = [
    pytest.param(text.replace("{max}", MAX), id=f"{program}-{name}")
    for program, table in PROGRAMS.items()
    for name, text in table.items()
]


@pytest.mark.parametrize("introduction", ALL)
def test_a_quote_with_marks_goes(introduction: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{introduction}\n\n{QUOTED}") == REPLY


@pytest.mark.parametrize("introduction", ALL)
def test_a_quote_without_marks_goes(introduction: str) -> None:
    if introduction.endswith("\n>"):
        pytest.skip("this program always marks what it quotes")
    assert strip_reply(f"{REPLY}\n\n{introduction}\n\n{OLD}") == REPLY


@pytest.mark.parametrize("introduction", ALL)
def test_an_answer_below_the_quote_stays(introduction: str) -> None:
    if introduction in PROGRAMS["ruled"].values() or introduction.startswith(">>>"):
        pytest.skip("nobody answers below a mail that is pasted whole")
    assert strip_reply(f"{introduction}\n\n{QUOTED}\n{REPLY}") == REPLY
