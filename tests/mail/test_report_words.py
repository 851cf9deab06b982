"""The knowledge of bounce_text.toml: every group says why, every phrase can be found."""

import re

import pytest

from marketing_agent.engine.bounce_rules import word_classes
from marketing_agent.engine.phrases import Phrasebook, words_of
from marketing_agent.mail.report_words import Told, data, recipient_lines, senders, told_by


def groups() -> list[tuple[str, dict[str, object]]]:
    return [(name, group) for name, several in data().items() for group in several]


def test_every_group_says_where_it_comes_from() -> None:
    for name, group in groups():
        assert group["any"], name
        assert str(group["why"]).strip(), name
    assert {name for name, _ in groups()} == {kind.name.lower() for kind in Told} | {
        "senders",
        "recipients",
    }


def said(phrase: str) -> str:
    first = re.sub(r"<(\w+)>", lambda name: word_classes()[name[1]][0], phrase)
    return first.replace("..", " zzz ").replace("*", "").replace("#", "7")


@pytest.mark.parametrize("kind", list(Told))
def test_every_phrase_can_be_found_and_says_what_no_other_of_its_kind_says(kind: Told) -> None:
    phrases = [one for group in data()[kind.name.lower()] for one in group["any"]]
    book = Phrasebook(list(enumerate(phrases)), word_classes())
    for key, phrase in enumerate(phrases):
        assert book.keys_in(words_of(said(phrase))) == {key}, phrase
        assert kind in told_by(said(phrase))


def test_patterns_compile_and_name_an_address() -> None:
    assert all(one.pattern.groups >= 1 for one in recipient_lines())
    assert any(one.strong for one in recipient_lines())
    assert senders().daemons.search("MAILER-DAEMON@mx.example")
    assert not senders().daemons.search("Jane Postma <jane@client.example>")
