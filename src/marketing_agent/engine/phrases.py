"""Find phrases of many languages in a text, each word looked at once.

A phrase is written as words that follow each other. `suspend*` is any word that begins so, `tss##` a
word with digits in those places, `<user>` any member of a word class, and `..` lets up to five other
words stand between. Numbers, punctuation, accents, case and e-mail addresses do not count; a gap
never reaches over the end of a sentence. Scripts without spaces are read a character at a time.

The phrases stand in one tree, so that a text costs time by its own length whatever is known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from unicodedata import combining, normalize

MAX_TEXT = 4000
"""Characters of a text that are read; a reply line has 512 at most (RFC 5321 4.5.3.1.5)."""

_GAP = 5  # words that `..` may stand for
_SHORTEST_STEM = 2
_LONGEST_WORD = 40
_FAR = -1000
_NOTHING: tuple[int, ...] = (0,)  # of a word that says nothing
_NOWHERE: list[int] = []
_BORDER: tuple[int, ...] = (-1,)  # of the end of a sentence
MAX_KNOWN = 20_000  # words whose nodes are kept, so that memory stays flat

# What stands before and behind the @ of an address, and before the bracketed number of a server as
# relays name it: `mx.example.org[192.0.2.1]:25`.
_BEFORE = re.compile(r"[^\s<>()\"'@\[\]]*\Z")
_BEHIND = re.compile(r"[^\s<>()\"'@:;,]*")
_NUMBER = re.compile(r"\[[\da-f]{0,4}[.:][\da-f.:]{3,40}\](?::\d{1,5})?")
_LONGEST_NAME = 64  # characters before an @ (RFC 5321 section 4.5.3.1.1)
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\\W\\d_][^\\W_]*"
    "|[.!?;](?=\\s)|:(?=\\s{0,3}[245]\\d\\d\\b)|[\u3002\uff01\uff1f]|\n[ \t]*\n"
)
_ELEMENT = re.compile(r"\.\.|<\w+>|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_][^\W_]*[#]*\*?")
_DIGIT = re.compile(r"\d")
_SPLIT = {ord("\u2019"): "'", ord("\u00a0"): " "}
_PLAIN = str.maketrans("łøđıŁØĐ", "lodilod")
_CONTRACTED = (("can't", "cannot"), ("n't", " not"), ("e-mail", "email"), ("can not", "cannot"))


def fold(text: str) -> str:
    """Lower a text to the form in which phrases are compared, without accents and addresses."""
    text = text[:MAX_TEXT]
    if not text.isascii():
        text = _without_accents(text.translate(_SPLIT))
    text = text.casefold()
    if "@" in text:
        text = _without(text, _addresses_in(text))
    if "[" in text:
        text = _without(text, (one.span() for one in _NUMBER.finditer(text)))
    for written, plain in _CONTRACTED:
        if written in text:
            text = text.replace(written, plain)
    return text


def _addresses_in(text: str) -> Iterator[tuple[int, int]]:
    place = text.find("@")
    while place >= 0:
        found = _BEHIND.match(text, place + 1)
        end = found.end() if found else place + 1
        yield place, end
        place = text.find("@", end)


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Leave out the marks at the places and the names that stand right before them."""
    pieces: list[str] = []
    kept = 0
    for begin, end in places:
        name = _BEFORE.search(text, max(kept, begin - _LONGEST_NAME), begin)
        pieces.append(text[kept : name.start() if name else begin])
        kept = end
    return " ".join((*pieces, text[kept:]))


def words_of(text: str) -> list[str]:
    """Cut a text into its words; the end of a sentence stands as a word of its own."""
    return _WORD.findall(fold(text))


class Phrasebook:
    """Phrases by the keys of what they tell."""

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
        self._known: dict[str, tuple[int, ...]] = {}

    def keys_in(self, words: Iterable[str]) -> set[int]:
        """Give the keys of all phrases that stand in the words."""
        known = self._known
        reached = [known.get(word) or self._learnt(word) for word in words]
        return _Reader(self._tree, len(reached)).read(reached)

    def _learnt(self, word: str) -> tuple[int, ...]:
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        return self._known.setdefault(word, self._tree.nodes_of(word))


class _Reader:
    """One way through a text: which nodes were reached by each of its words."""

    def __init__(self, tree: "_Tree", length: int) -> None:
        self._tree = tree
        self._found: set[int] = set()
        self._floor = 0  # phrases begin behind the last end of a sentence
        self._trail: list[list[int]] = [_NOWHERE] * length
        self._open = _FAR  # the last place of a node that may go on behind a gap

    def read(self, words: list[tuple[int, ...]]) -> set[int]:
        """Read the words, given as the nodes that each reaches by itself."""
        later, trail = self._tree.later, self._trail
        for place, nodes in enumerate(words):
            if nodes is _NOTHING:
                continue
            if nodes is _BORDER:
                self._floor = place + 1
                continue
            reached: list[int] = []
            trail[place] = reached
            for node in nodes:
                self._arrive(node, place, reached)
                if node in later:
                    self._go_on(node, place, place, reached)
        return self._found

    def _go_on(self, node: int, start: int, place: int, reached: list[int]) -> None:
        """Go on by a word, or by a finished member of a class as by a word that began earlier."""
        members = self._tree.members
        for after in self._afters(node, start):
            self._arrive(after, place, reached)
            for group, length in members.get(after, ()):
                self._arrive(group, place, reached)
                self._go_on(group, place - length + 1, place, reached)

    def _arrive(self, node: int, place: int, reached: list[int]) -> None:
        tree = self._tree
        if node in tree.ends:
            self._found.update(tree.ends[node])
        if node in tree.earlier:
            reached.append(node)
            if node in tree.gappy:
                self._open = place

    def _afters(self, node: int, start: int) -> list[int]:
        """The nodes that are reached by a word behind what stands before its first word."""
        floor, trail = self._floor, self._trail
        steps, leaps = self._tree.steps, self._tree.leaps
        near = trail[start - 1] if start > floor else _NOWHERE
        afters = [steps[one, node] for one in near if (one, node) in steps]
        if self._open >= start - _GAP - 1:
            window = trail[max(floor, start - _GAP - 1) : start]
            afters += [leaps[one, node] for far in window for one in far if (one, node) in leaps]
        return afters


class _Tree:
    """Words and beginnings of phrases as numbered nodes.

    `steps` lead from a node and the very next word to another node, `leaps` do so over a gap;
    `earlier` are the nodes that anything follows, `gappy` those with a gap behind them, `later` the
    words that follow something. `ends` are the keys of finished phrases, `members` the classes of
    finished members with their number of words.
    """

    def __init__(self) -> None:
        self.steps: dict[tuple[int, int], int] = {}
        self.leaps: dict[tuple[int, int], int] = {}
        self.earlier: set[int] = set()
        self.gappy: set[int] = set()
        self.later: set[int] = set()
        self.ends: dict[int, tuple[int, ...]] = {}
        self.members: dict[int, tuple[tuple[int, int], ...]] = {}
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._classes: dict[int, list[int]] = {}
        self._count = 0

    def add(self, phrase: str, key: int) -> None:
        """Learn a phrase."""
        node, _ = self._path(phrase)
        self.ends[node] = (*self.ends.get(node, ()), key)

    def add_member(self, name: str, member: str) -> None:
        """A member of one word is the class itself; a longer one is found by its last word."""
        node, length = self._path(member)
        group = self._named(self._words, name)
        if length == 1:
            self._classes.setdefault(node, []).append(group)
        else:
            self.members[node] = (*self.members.get(node, ()), (group, length))

    def nodes_of(self, word: str) -> tuple[int, ...]:
        """The nodes that a word reaches by itself."""
        if not word[0].isalpha():
            return _BORDER
        word = _DIGIT.sub("#", word[:_LONGEST_WORD])
        direct = [*self._stems_of(word)]
        if word in self._words:
            direct.append(self._words[word])
        groups = dict.fromkeys(one for node in direct for one in self._classes.get(node, ()))
        return (*direct, *groups) or _NOTHING

    def _stems_of(self, word: str) -> Iterator[int]:
        for length in range(_SHORTEST_STEM, len(word) + 1):
            node = self._stems.get(word[:length])
            if node is not None:
                yield node

    def _path(self, phrase: str) -> tuple[int, int]:
        """The node at the end of a phrase, made where it is new, and the number of its words."""
        node = length = 0
        gap = False
        for element in _elements(phrase):
            if element == "..":
                gap = True
                continue
            table = self._stems if element.endswith("*") else self._words
            word = self._named(table, element.removesuffix("*"))
            node = word if length == 0 else self._after(node, word, gap=gap)
            gap = False
            length += 1
        return node, length

    def _after(self, before: int, word: int, *, gap: bool) -> int:
        table = self.leaps if gap else self.steps
        if (before, word) not in table:
            table[before, word] = self._new()
        self.earlier.add(before)
        self.later.add(word)
        if gap:
            self.gappy.add(before)
        return table[before, word]

    def _named(self, table: dict[str, int], element: str) -> int:
        if element not in table:
            table[element] = self._new()
        return table[element]

    def _new(self) -> int:
        self._count += 1
        return self._count


def _elements(phrase: str) -> list[str]:
    return _ELEMENT.findall(fold(phrase))


def _without_accents(text: str) -> str:
    """ü to u, é to e, ł to l: servers and their settings lose accents on the way."""
    letters = (one for one in normalize("NFKD", text) if not combining(one))
    return normalize("NFC", "".join(letters)).translate(_PLAIN)
