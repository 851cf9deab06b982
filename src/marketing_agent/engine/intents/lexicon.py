"""The words that mean something, found in one walk over a reply.

The data are the files in words/: one a language, and one for the words of all languages. Each phrase belongs
to a class ("negation", "a wish"); rules.toml says what the words of a class have in common.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from marketing_agent.engine.intents.phrases import Automaton
from marketing_agent.engine.intents.text import Words, fold

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
EVERYWHERE = (1 << len(LANGUAGES)) - 1
"""The mask of a word that all languages share."""

SHORTEST_TYPO, LONGEST_TYPO = 6, 20
"""Letters of a word that may be taken for a mistyped one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: its class, its first word and the one behind its last, and its languages."""

    name: str
    start: int
    end: int
    languages: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases, the small words that tell languages apart, and what typing makes of words."""

    phrases: Automaton
    function_words: Mapping[str, int]
    known: frozenset[str]
    mistyped: Mapping[str, str]

    def find(self, text: Words) -> list[Match]:
        """Give every phrase of the lexicon in the text; a phrase never goes over a sentence's end."""
        words = [_corrected(word) for word in text.words]
        return [match for start in range(len(words)) for match in self._from(words, text, start)]

    def _from(self, words: list[str], text: Words, start: int) -> Iterator[Match]:
        state = self.phrases.step(self.phrases.begin(), words[start])
        place, sentence = start + 1, text.sentences[start]
        while state is not None:
            for name, languages in state.ends:
                yield Match(name, start, place, languages)
            if place == len(words) or text.sentences[place] != sentence:
                return
            state = self.phrases.step(state, words[place])
            place += 1


@lru_cache(maxsize=20_000)
def _corrected(word: str) -> str:
    """Give the word that a mistyped one stands for: one letter too few, too many, or exchanged."""
    data = lexicon()
    if not SHORTEST_TYPO <= len(word) <= LONGEST_TYPO or word in data.known or not word.isalpha():
        return word
    if data.phrases.step(data.phrases.begin(), word) is not None:
        return word
    for shorter in (word, *_shortened(word)):
        found = data.mistyped.get(shorter)
        if found is not None and found[0] == word[0] and abs(len(found) - len(word)) <= 1:
            return found
    return word


def _shortened(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(1, len(word)))


@cache
def lexicon() -> Lexicon:
    """Read the data once."""
    phrases, function_words = Automaton(), dict[str, int]()
    for name, mask in _files():
        data = tomllib.loads(files(__package__).joinpath(f"words/{name}.toml").read_text("utf-8"))
        for word in fold(data.pop("function", "")).split():
            function_words[word] = function_words.get(word, 0) | mask
        for class_name, row in data.items():
            for phrase in row:
                phrases.add(phrase, class_name, mask)
    known = frozenset(phrases.known | function_words.keys())
    return Lexicon(phrases, function_words, known, _mistyped(known))


def _files() -> Iterator[tuple[str, int]]:
    yield "all", EVERYWHERE
    for place, language in enumerate(LANGUAGES):
        yield language, 1 << place


def _mistyped(known: Iterable[str]) -> dict[str, str]:
    """Map every long word, and the word with one letter left out, to the word."""
    index: dict[str, str] = {}
    for word in sorted(known):
        if len(word) > SHORTEST_TYPO and word.isalpha():
            for shorter in (word, *_shortened(word)):
                index.setdefault(shorter, word)
    return index
