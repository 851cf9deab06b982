"""What a reply's words speak for: the rules in rules.toml, applied to the classes that were found."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Any

from marketing_agent.engine.intents.lexicon import Match
from marketing_agent.engine.intents.text import Words
from marketing_agent.engine.values import Intent

_ASKED_ABOUT = frozenset({Intent.OUT_OF_OFFICE, Intent.WRONG_PERSON, Intent.NOT_INTERESTED})
"""What nobody says within a plain question: "does it run while we are on leave?" """

POSITIVE = frozenset({Intent.MEETING_REQUEST, Intent.INTERESTED})

BEFORE, BEHIND = 6, 4
"""Words before and behind a positive word within which a negation denies it."""

_MOST = 20
"""Words of one class that count in one sentence; no honest sentence has so many."""

_NEARBY = 12
"""Words within which the classes of a rule stand, where the rule does not say."""


class Strength(IntEnum):
    """How much a finding says."""

    WEAK = 1
    SOFT = 2
    FIRM = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks for an intent: how strongly, where in the text, and in which words."""

    intent: Intent
    strength: Strength
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the data."""

    intent: Intent
    all: tuple[str, ...]
    unless: frozenset[str]
    within: int
    clause: bool
    asked: bool | None
    strength: Strength
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules make of a text: what speaks for an intent, and what was denied."""

    findings: tuple[Finding, ...]
    denied: tuple[Finding, ...]


def apply_rules(text: Words, matches: Sequence[Match]) -> Found:
    """Give all that speaks for an intent; a positive one with a negation beside it is denied.

    Sentences that mail programs and lawyers put into every mail say nothing.
    """
    sentences: dict[int, list[Match]] = defaultdict(list)
    for match in matches:
        sentences[text.sentences[match.start]].append(match)
    kept: list[Finding] = []
    denied: list[Finding] = []
    for number, own in sentences.items():
        if any(match.name == "boilerplate" for match in own):
            continue
        negations = [match.start for match in own if match.name == "no"]
        for finding in _answered(own, list(_in_sentence(text, own, asked=number in text.asked))):
            (denied if _is_denied(finding, negations, text) else kept).append(finding)
    return Found(tuple(kept), tuple(denied))


def _answered(own: Sequence[Match], findings: list[Finding]) -> list[Finding]:
    """Leave out what a question only asks about; a "why should we" is none, but a way of refusing."""
    asked = [
        one.start
        for one in findings
        if one.intent is Intent.QUESTION and one.strength is Strength.FIRM
    ]
    names = {match.name for match in own}
    if not asked or "why" in names:
        return findings
    first = min(asked)
    return [one for one in findings if one.intent not in _ASKED_ABOUT or one.start < first]


def _in_sentence(text: Words, matches: Sequence[Match], *, asked: bool) -> Iterator[Finding]:
    by_class: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if len(by_class[match.name]) < _MOST:
            by_class[match.name].append(match)
    for rule in (rule for name in tuple(by_class) for rule in rules_led_by().get(name, ())):
        if rule.asked is not None and rule.asked is not asked:
            continue
        if not by_class.keys() >= set(rule.all) or not by_class.keys().isdisjoint(rule.unless):
            continue
        for start, end in _together(rule, by_class, text):
            words = " ".join(text.words[start:end])
            yield Finding(rule.intent, rule.strength, start, end, words)


def _together(
    rule: Rule, by_class: Mapping[str, list[Match]], text: Words
) -> Iterator[tuple[int, int]]:
    """Give the stretches in which a rule's classes stand close to each other, in a common language."""
    for first in by_class[rule.all[0]]:
        chosen = [first]
        languages = first.languages
        for name in rule.all[1:]:
            near = _nearest(by_class[name], first, chosen, languages)
            if near is None:
                break
            chosen.append(near)
            languages &= near.languages
        else:
            start, end = min(each.start for each in chosen), max(each.end for each in chosen)
            close = end - start <= rule.within + sum(each.end - each.start for each in chosen)
            if close and not (rule.clause and text.clauses[start] != text.clauses[end - 1]):
                yield start, end


def _nearest(
    candidates: Iterable[Match], first: Match, chosen: Sequence[Match], languages: int
) -> Match | None:
    """Give the match closest to the first one that shares neither its words nor lacks its language."""
    fitting = [
        each
        for each in candidates
        if each.languages & languages
        and all(each.end <= one.start or each.start >= one.end for one in chosen)
    ]
    return min(fitting, key=lambda each: abs(each.start - first.start), default=None)


def _is_denied(finding: Finding, negations: Sequence[int], text: Words) -> bool:
    if finding.intent not in POSITIVE:
        return False
    nearby = range(finding.start - BEFORE, finding.end + BEHIND)
    clauses = set(text.clauses[finding.start : finding.end])
    return any(place in nearby and text.clauses[place] in clauses for place in negations)


@cache
def rules() -> tuple[Rule, ...]:
    """Read the data once; a class that bears an intent's name is a rule by itself."""
    data = tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))
    whole = ({"intent": name, "all": [name], "why": data["class"][name]} for name in _whole(data))
    return tuple(_rule(entry) for entry in (*whole, *data["rule"]))


@cache
def rules_led_by() -> dict[str, list[Rule]]:
    """Give the rules by their first class, so that a sentence meets those alone that may fit."""
    led: dict[str, list[Rule]] = {}
    for rule in rules():
        led.setdefault(rule.all[0], []).append(rule)
    return led


def _whole(data: Mapping[str, Any]) -> list[str]:
    return [name for name in data["class"] if name in set(Intent)]


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        Intent(entry["intent"]),
        tuple(entry["all"]),
        frozenset(entry.get("unless", ())),
        entry.get("within", _NEARBY),
        entry.get("clause", False),
        entry.get("asked"),
        Strength[entry.get("strength", "firm").upper()],
        entry["why"],
    )
