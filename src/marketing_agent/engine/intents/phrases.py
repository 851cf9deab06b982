"""Phrases with choices, compiled into one automaton that is walked once from each word of a text.

A phrase is a row of words: `stem*` is any word that begins so, `_` any one word, `(a|b)` a choice, and
`(a|b)?` or `(a|b|)` a choice that may be left out. Steps that were taken once are remembered, so that a word
costs a look-up however many phrases there are.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from marketing_agent.engine.intents.text import words_of

MOST_STEPS = 100_000
"""Remembered steps; when there are more, all are forgotten, so that memory stays flat."""

_INSIDE_A_WORD = re.compile(r"(?<=[^\s(|)?])\(([^()]*)\)(\?)?")
_PART = re.compile(r"\)\?|[()|]|[^()|]+")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


@dataclass(slots=True, eq=False)
class Node:
    """A place between two words of a phrase: where words lead to, and what ends here."""

    words: dict[str, list["Node"]] = field(default_factory=dict)
    stems: dict[int, dict[str, list["Node"]]] = field(default_factory=dict)
    any_word: list["Node"] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)

    def lead(self, piece: str, target: "Node") -> None:
        """Let a word, stem or any word lead from here to another node."""
        if piece == "_":
            self.any_word.append(target)
        elif piece.endswith("*"):
            stems = self.stems.setdefault(len(piece) - 1, {})
            stems.setdefault(piece[:-1], []).append(target)
        else:
            self.words.setdefault(piece, []).append(target)

    def follow(self, word: str) -> Iterator["Node"]:
        """Give the nodes that a word leads to."""
        yield from self.words.get(word, ())
        for length, stems in self.stems.items():
            yield from stems.get(word[:length], ())
        yield from self.any_word


@dataclass(slots=True, eq=False)
class State:
    """Several nodes at once: how far the phrases are that a row of words may still become."""

    nodes: tuple[Node, ...]
    ends: tuple[tuple[str, int], ...]
    steps: dict[str, "State | None"] = field(default_factory=dict)


class Automaton:
    """All phrases; `known` are the words that occur in them literally."""

    def __init__(self) -> None:
        """Begin without phrases."""
        self.known: set[str] = set()
        self._root = Node()
        self._start = State((self._root,), ())
        self._states: dict[frozenset[int], State] = {}
        self._taken = 0

    def add(self, phrase: str, name: str, languages: int) -> None:
        """Take in a phrase of a class, in the languages of a mask."""
        for one in _outside_words(phrase):
            parts = _PART.findall(f"{one})")
            for node in self._row(iter(parts), [self._root], stop=")")[0]:
                node.ends[name] = node.ends.get(name, 0) | languages

    def begin(self) -> State:
        """Give the state before the first word; forgets what was remembered when it is too much."""
        if self._taken > MOST_STEPS:
            self._start = State((self._root,), ())
            self._states.clear()
            self._taken = 0
        return self._start

    def step(self, state: State, word: str) -> State | None:
        """Give the state behind one more word; None when no phrase goes on."""
        try:
            return state.steps[word]
        except KeyError:
            found = self._state(dict.fromkeys(n for node in state.nodes for n in node.follow(word)))
            state.steps[word] = found
            self._taken += 1
            return found

    def _state(self, nodes: dict[Node, None]) -> State | None:
        if not nodes:
            return None
        key = frozenset(map(id, nodes))
        if key not in self._states:
            ends: dict[str, int] = {}
            for node in nodes:
                for name, languages in node.ends.items():
                    ends[name] = ends.get(name, 0) | languages
            self._states[key] = State(tuple(nodes), tuple(ends.items()))
        return self._states[key]

    def _row(self, parts: Iterator[str], begin: list[Node], stop: str) -> tuple[list[Node], bool]:
        """Read choices up to a closing bracket; gives the nodes behind them, and whether one may pass by."""
        here, ends = begin, list[Node]()
        for part in parts:
            if part in (")", ")?"):
                optional = part == ")?"
                return list(dict.fromkeys([*ends, *here, *(begin if optional else [])])), optional
            if part == "|":
                ends, here = [*ends, *here], begin
            elif part == "(":
                here, _ = self._row(parts, here, stop)
            else:
                here = self._words(part, here)
        raise ValueError("A phrase of the lexicon has an open bracket.")

    def _words(self, text: str, here: list[Node]) -> list[Node]:
        for spellings in pieces_of(text):
            target = Node()
            for node in here:
                for piece in spellings:
                    node.lead(piece, target)
            self.known.update(piece for piece in spellings if piece[-1] not in "*_")
            here = [target]
        return here


def pieces_of(text: str) -> Iterator[frozenset[str]]:
    """Give the words of a stretch of phrase, each in its spellings, folded as a reply's words are."""
    for raw in text.split():
        yield from _spellings(raw)


@lru_cache(maxsize=50_000)  # the same few thousand words make up all phrases
def _spellings(raw: str) -> tuple[frozenset[str], ...]:
    if raw == "_":
        return (frozenset("_"),)
    plain = "".join(_UMLAUTS.get(letter, letter) for letter in raw.lower())
    rows = [words_of(spelling.rstrip("*")) for spelling in dict.fromkeys((raw, plain))]
    spelt = [
        {row[place] for row in rows if len(row) == len(rows[0])} | {word}
        for place, word in enumerate(rows[0])
    ]
    if raw.endswith("*") and spelt:
        spelt[-1] = {f"{each}*" for each in spelt[-1]}
    return tuple(map(frozenset, spelt))


def _outside_words(phrase: str) -> Iterable[str]:
    """Write out the choices within a word, such as gern(e|)."""
    found = _INSIDE_A_WORD.search(phrase)
    if found is None:
        return [phrase]
    choices = [*found[1].split("|"), *([""] if found[2] else [])]
    before, behind = phrase[: found.start()], phrase[found.end() :]
    return [each for choice in choices for each in _outside_words(before + choice + behind)]
