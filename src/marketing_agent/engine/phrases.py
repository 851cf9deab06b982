"""Find phrases of many languages in a text, each word looked at once.

A phrase is written as words that follow each other. `suspend*` is any word that begins so, `tss##` a
word with digits in those places, `<user>` any member of a word class, and `..` lets up to five other
words stand between. Numbers, punctuation, accents, case and e-mail addresses do not count; a gap
never reaches over the end of a sentence. Scripts without spaces are read a character at a time.

The phrases stand in one tree, so that a text costs time by its own length whatever is known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from unicodedata import combining, normalize

MAX_TEXT = 4000
"""Characters of a text that are read; a reply line has 512 at most (RFC 5321 4.5.3.1.5)."""

_GAP = 5  # words that `..` may stand for
_SHORTEST_STEM = 2
_LONGEST_WORD = 40
_FAR = -1000

_ADDRESS = re.compile(r"[^\s<>()\"'@]{0,64}@[^\s<>()\"'@]{0,255}")
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\\W\\d_][^\\W_]*"
    "|[.!?;](?=\\s)|:(?=\\s{0,3}[245]\\d\\d\\b)|[\u3002\uff01\uff1f]|\n[ \t]*\n"
)
_ELEMENT = re.compile(r"\.\.|<\w+>|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_][^\W_]*[#]*\*?")
# A server with its address in brackets, as relays name it: `mx.example.org[192.0.2.1]:25`.
_SERVER = re.compile(r"[^\s\[\]]{0,100}\[[\da-f]{0,4}[.:][\da-f.:]{3,40}\](?::\d{1,5})?")
_DIGIT = re.compile(r"\d")
_SPLIT = {ord("\u2019"): "'", ord("\u00a0"): " "}
_PLAIN = str.maketrans("łøđı", "lodi")
_CONTRACTED = (("can't", "cannot"), ("n't", " not"), ("e-mail", "email"), ("can not", "cannot"))


def fold(text: str) -> str:
    """Lower a text to the form in which phrases are compared, without accents and addresses."""
    text = text[:MAX_TEXT]
    if not text.isascii():
        text = _without_accents(text.translate(_SPLIT))
    text = text.casefold()
    if "@" in text:
        text = _ADDRESS.sub(" ", text)
    if "[" in text:
        text = _SERVER.sub(" ", text)
    for written, plain in _CONTRACTED:
        if written in text:
            text = text.replace(written, plain)
    return text


def words_of(text: str) -> list[str]:
    """Cut a text into its words; the end of a sentence stands as a word of its own."""
    return _WORD.findall(fold(text))


class Phrasebook:
    """Phrases by the names of the things that they tell."""

    def __init__(
        self, phrases: Iterable[tuple[int, str]], classes: Mapping[str, Iterable[str]]
    ) -> None:
        """Read `(key, phrase)` pairs; `classes` gives the members of each `<class>`."""
        self._tree = _Tree()
        for name, members in classes.items():
            for member in members:
                self._tree.add_member(f"<{name}>", member)
        for key, phrase in phrases:
            self._tree.add(phrase, key)
        self._symbols = lru_cache(maxsize=20_000)(self._tree.symbols_of)

    def keys_in(self, words: Iterable[str]) -> set[int]:
        """Give the keys of all phrases that stand in the words."""
        found: set[int] = set()
        reached: dict[int, int] = {}
        floor = place = 0
        for place, word in enumerate(words):
            symbols = self._symbols(word)
            if symbols:
                self._step(symbols, place, floor, reached, found)
            elif symbols is None:
                floor = place
        return found

    def _step(
        self,
        symbols: tuple[int, ...],
        place: int,
        floor: int,
        reached: dict[int, int],
        found: set[int],
    ) -> None:
        """Note what the word at `place` completes; a finished class member acts as a word too."""
        waiting, ends, members = self._tree.waiting, self._tree.ends, self._tree.members
        queue = [(symbol, place) for symbol in symbols]
        for node, start in queue:
            reached[node] = place
            if node in ends:
                found.update(ends[node])
            for before, distance, after, length in waiting.get(node, ()):
                last = reached.get(before, _FAR)
                if floor <= last < start <= last + distance:
                    reached[after] = place
                    if after in ends:
                        found.update(ends[after])
                    if after in members:
                        queue.extend((one, place - length + 1) for one in members[after])


class _Tree:
    """Words and beginnings of phrases as numbered nodes.

    `waiting` gives, for a node that was just reached, the steps it makes: from a node reached
    before, at most so many words back, to a node after, whose length in words is known where it
    has no gap. `ends` are the keys of finished phrases, `members` the classes of finished members.
    """

    def __init__(self) -> None:
        self.waiting: dict[int, list[tuple[int, int, int, int]]] = {}
        self.ends: dict[int, tuple[int, ...]] = {}
        self.members: dict[int, tuple[int, ...]] = {}
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._classes: dict[int, list[int]] = {}
        self._steps: dict[tuple[int, int, int], int] = {}
        self._count = 0

    def add(self, phrase: str, key: int) -> None:
        node, _ = self._path(phrase)
        self.ends[node] = (*self.ends.get(node, ()), key)

    def add_member(self, name: str, member: str) -> None:
        """A member of one word is the class itself; a longer one is found by its last word."""
        node, length = self._path(member)
        group = self._symbol(name)
        if length == 1:
            self._classes.setdefault(node, []).append(group)
        else:
            self.members[node] = (*self.members.get(node, ()), group)

    def symbols_of(self, word: str) -> tuple[int, ...] | None:
        """The nodes that a word reaches by itself; None for the end of a sentence."""
        if not word[0].isalpha():
            return None
        word = _DIGIT.sub("#", word[:_LONGEST_WORD])
        direct = [*self._stems_of(word)]
        if word in self._words:
            direct.append(self._words[word])
        return (*direct, *(group for node in direct for group in self._classes.get(node, ())))

    def _stems_of(self, word: str) -> Iterator[int]:
        for length in range(_SHORTEST_STEM, len(word) + 1):
            node = self._stems.get(word[:length])
            if node is not None:
                yield node

    def _path(self, phrase: str) -> tuple[int, int]:
        """The node at the end of a phrase, made where it is new, and the number of its words."""
        node, distance, length = 0, 1, 0
        for element in _elements(phrase):
            if element == "..":
                distance = _GAP + 1
                continue
            symbol = self._symbol(element)
            length += 1
            node = symbol if length == 1 else self._after(node, distance, symbol, length)
            distance = 1
        return node, length

    def _after(self, before: int, distance: int, symbol: int, length: int) -> int:
        step = (before, distance, symbol)
        if step not in self._steps:
            self._steps[step] = self._new()
            self.waiting.setdefault(symbol, []).append((before, distance, self._steps[step], length))
        return self._steps[step]

    def _symbol(self, element: str) -> int:
        table = self._stems if element.endswith("*") else self._words
        return table.setdefault(element.removesuffix("*"), 0) or self._named(table, element)

    def _named(self, table: dict[str, int], element: str) -> int:
        table[element.removesuffix("*")] = self._new()
        return table[element.removesuffix("*")]

    def _new(self) -> int:
        self._count += 1
        return self._count


def _elements(phrase: str) -> list[str]:
    return _ELEMENT.findall(fold(phrase))


def _without_accents(text: str) -> str:
    """ü to u, é to e, ł to l: servers and their settings lose accents on the way."""
    letters = (one for one in normalize("NFKD", text) if not combining(one))
    return normalize("NFC", "".join(letters)).translate(_PLAIN)
