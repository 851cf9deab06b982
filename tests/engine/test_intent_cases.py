"""How well replies are read by rules alone; new cases may lower a floor, code may not."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from marketing_agent.engine.intents import Reading, read_intent
from marketing_agent.engine.values import Intent
from marketing_agent.mail.autoreply import by_subject

CASES = sorted(Path(__file__).with_name("intent_cases").glob("*.jsonl"))
POSITIVE = {Intent.MEETING_REQUEST, Intent.INTERESTED}
REFUSING = {Intent.OPT_OUT, Intent.NOT_INTERESTED}


@dataclass(frozen=True)
class Case:
    """A reply, what it wants, and how it was read."""

    raw: dict[str, Any]
    reading: Reading

    @property
    def right(self) -> bool:
        return self.reading.intent == self.raw["intent"]

    @property
    def until(self) -> bool:
        found = self.reading.until
        return (None if found is None else found.isoformat()) == self.raw["until"]

    @property
    def contact(self) -> bool:
        found, wanted = self.reading.contact, self.raw["contact"]
        given = None if found is None else {"name": found.name, "address": found.address}
        return given == wanted


@cache
def cases() -> tuple[Case, ...]:
    lines = [line for path in CASES for line in path.read_text("utf-8").splitlines()]
    return tuple(read(json.loads(line)) for line in lines)


def read(raw: dict[str, Any]) -> Case:
    name, address = parseaddr(raw["from"])
    reading = read_intent(
        raw["text"],
        subject=raw["subject"],
        today=day(raw["date"]),
        automatic=by_subject(raw["subject"]),
        own=frozenset({address.lower()}),
        writer=name,
    )
    return Case(raw, reading)


def day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def shares(key: str, is_right: Callable[[Case], bool]) -> dict[str, float]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for case in cases():
        groups[case.raw[key]].append(is_right(case))
    return {name: sum(row) / len(row) for name, row in groups.items()}


def test_there_are_cases_of_every_intent_and_language() -> None:
    assert len(cases()) >= 2_240
    assert {case.raw["intent"] for case in cases()} == set(Intent)
    assert {case.raw["lang"] for case in cases()} == {"en", "de", "fr", "es", "it", "nl", "pt"}


def test_no_refusal_is_read_as_a_yes() -> None:
    wrong = [
        (case.raw["id"], case.raw["text"], case.reading)
        for case in cases()
        if case.raw["intent"] in REFUSING and case.reading.intent in POSITIVE
    ]
    assert wrong == []


def test_opt_outs_are_found() -> None:
    assert shares("intent", lambda case: case.right)["opt_out"] >= 0.98


@pytest.mark.parametrize("intent", list(Intent))
def test_each_intent_is_read(intent: Intent) -> None:
    assert shares("intent", lambda case: case.right)[intent] >= 0.88


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt"])
def test_each_language_is_read(language: str) -> None:
    assert shares("lang", lambda case: case.right)[language] >= 0.91


def test_what_is_not_understood_is_rather_unclear_than_wrong() -> None:
    wrong = [
        case for case in cases() if not case.right and case.reading.intent is not Intent.UNCLEAR
    ]
    assert len(wrong) / len(cases()) <= 0.045


def test_days_and_persons_are_found() -> None:
    dated = [case for case in cases() if case.right and (case.raw["until"] or case.reading.until)]
    named = [
        case for case in cases() if case.right and (case.raw["contact"] or case.reading.contact)
    ]
    assert sum(case.until for case in dated) / len(dated) >= 0.95
    assert sum(case.contact for case in named) / len(named) >= 0.8
