"""The words of quote_marks.toml, made ready to be compared with a line in a few steps.

A line is folded once (`fold`); all lists are in the same form. What a line begins with is looked up by
its first two characters, so that a list of a thousand phrases costs as much as one of ten.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LOOKALIKE = {0x2019: "'", 0xA0: " ", 0x202F: " ", 0x130: "i"}
_UNSEEN = _INVISIBLE | _LOOKALIKE | {0xFEFF: None}
_ROLES = ("from", "subject", "date", "to", "cc")


class Beginnings:
    """Phrases with which a line may begin."""

    def __init__(self, phrases: Iterable[str]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            found[phrase[:2]].append(phrase)
        self._by_pair = {pair: tuple(some) for pair, some in found.items()}

    def begin(self, line: str) -> bool:
        """Whether `line` begins with one of them."""
        some = self._by_pair.get(line[:2])
        return some is not None and line.startswith(some)

    def begin_word(self, line: str) -> bool:
        """Whether `line` begins with one of them and no letter goes on behind it."""
        some = self._by_pair.get(line[:2], ())
        return any(line.startswith(one) and not line[len(one) :][:1].isalnum() for one in some)


class Endings:
    """Words on which a line may end."""

    def __init__(self, words: Iterable[str]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            found[word[-2:]].append(word)
        self._by_pair = dict(found)

    def end(self, line: str) -> str:
        """The longest of them on which `line` ends, or an empty text."""
        some = self._by_pair.get(line[-2:], ())
        return next((word for word in some if line.endswith(word)), "")


@dataclass(frozen=True, slots=True)
class Marks:
    """The lists of quote_marks.toml; its head says what each is."""

    openers: frozenset[str]  # first words only
    verbs: Endings
    inner_verbs: frozenset[str]  # of one word
    inner_phrases: tuple[str, ...]  # of several, with the space before them
    citing: Beginnings
    originals: Beginnings
    forwarded: Beginnings
    forwards: frozenset[str]  # a line of its own, as Apple Mail writes it
    roles: dict[str, str]  # label of a pasted header -> one of _ROLES
    devices: Beginnings
    made_by: Beginnings
    ends: Endings
    product: re.Pattern[str]
    apologies: tuple[str, ...]
    notices: Beginnings
    legal: tuple[str, ...]
    printing: Beginnings
    nature: tuple[str, ...]
    passing: Beginnings
    lists: Beginnings
    valedictions: Beginnings
    html_quotes: tuple[str, ...]
    html_rests: tuple[str, ...]
    html_signatures: tuple[str, ...]


@lru_cache(maxsize=1)
def marks() -> Marks:
    """Read and compile the data once."""
    return _compiled(
        tomllib.loads(files(__package__).joinpath("quote_marks.toml").read_text("utf-8"))
    )


def fold(line: str) -> str:
    """The form in which lines and phrases are compared: bare, in lower case, without unseen marks."""
    if not line.isascii():
        line = line.translate(_UNSEEN)
    return line.strip().lower()


def _compiled(data: dict[str, Any]) -> Marks:
    languages, products, html = data["language"], data["product"], data["html"]
    verbs = _all(languages, "verbs")
    return Marks(
        openers=frozenset(opener.split()[0] for opener in _all(languages, "openers")),
        verbs=Endings(verbs),
        inner_verbs=frozenset(verb for verb in verbs if " " not in verb),
        inner_phrases=tuple(f" {verb} " for verb in verbs if " " in verb),
        citing=Beginnings(_all(products, "citing")),
        originals=Beginnings(_all(languages, "originals")),
        forwarded=Beginnings(_all(languages, "forwarded")),
        forwards=frozenset(_all(languages, "forwarded")),
        roles=_roles(languages),
        devices=Beginnings(_all(languages, "devices")),
        made_by=Beginnings(_all(languages, "made_by")),
        ends=Endings(_all(languages, "ends")),
        product=re.compile(rf"(?<![a-z])(?:{_either(_all(products, 'names'))})"),
        apologies=tuple(_all(products, "apologies")),
        notices=Beginnings(_all(languages, "footers")),
        legal=tuple(_all(products, "legal")),
        printing=Beginnings(_all(languages, "printing")),
        nature=tuple(_all(products, "nature")),
        passing=Beginnings(_all(languages, "banners") + _all(languages, "scanners")),
        lists=Beginnings(_all(products, "lists")),
        valedictions=Beginnings(_all(languages, "valedictions")),
        html_quotes=tuple(_all(html, "quotes")),
        html_rests=tuple(_all(html, "rests")),
        html_signatures=tuple(_all(html, "signatures")),
    )


def _all(groups: list[dict[str, Any]], name: str) -> list[str]:
    """One list of all groups, without doubles, folded as lines are."""
    found = (phrase for group in groups for phrase in group.get(name, ()))
    return list(dict.fromkeys(_folded(phrase) for phrase in found))


def _folded(phrase: str) -> str:
    """As `fold`, but a space at the end, which bounds a word, stays."""
    return phrase.translate(_UNSEEN).lower()


def _roles(languages: list[dict[str, Any]]) -> dict[str, str]:
    """Some labels mean two things in two languages; the earlier role wins."""
    return {label: role for role in reversed(_ROLES) for label in _all(languages, role)}


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
