"""Whom a reply names instead of its writer: by address, by name, or both."""

import re
from dataclasses import dataclass

from marketing_agent.engine.intents.contact_marks import ADDRESS, marks
from marketing_agent.engine.intents.text import fold

_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n(?:\n| \n?)+")
_NEAR = 60
"""Characters behind an address within which the name that belongs to it stands."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Another person: a name without "Mr" or "Dr", an address, or both."""

    name: str | None
    address: str | None


def find_contact(text: str, own: frozenset[str] = frozenset(), writer: str = "") -> Contact | None:
    """Give the person that a text names instead of its writer; None when it names none.

    Addresses in `own` and the writer's signature do not count.
    """
    body = _without_frame(_LINES.sub("\n\n", _BLANKS.sub(" ", text)))
    address = _address(body, own)
    name = _name_beside(body, address) if address else _titled_or_cued(body)
    if name and _is_writer(name, writer):
        name = None
    return Contact(name, address) if name or address else None


def _without_frame(text: str) -> str:
    """Leave out the greeting and everything from the closing on, unless nothing else is there."""
    greeting = marks().greeting.match(text)
    start = greeting.end() if greeting and greeting.end() < len(text) - 10 else 0
    closing = next(
        (found for found in marks().closing.finditer(text, start) if found.start() > start + 10),
        None,
    )
    return text[start : closing.start() if closing else len(text)]


def _address(body: str, own: frozenset[str]) -> str | None:
    found = (match[0].rstrip(".'-").lower() for match in ADDRESS.finditer(body))
    return next((each for each in found if each not in own), None)


def _name_beside(body: str, address: str) -> str | None:
    place = body.lower().find(address)
    before, behind = body[max(0, place - 120) : place], body[place + len(address) :][:_NEAR]
    sentence = _last_sentence(before)
    local = re.sub(r"[^a-z]", "", _plain(address.partition("@")[0]))
    return _best(sentence, local) or _best(behind.split("\n")[0], local)


def _last_sentence(before: str) -> str:
    return re.split(r"(?<=\w\w\w[.!?])\s+(?=[A-Z])", before)[-1]


def _best(stretch: str, local: str) -> str | None:
    """Give the name that the address repeats, else one with a title, else one that somebody leads to."""
    titled = [name for found in marks().titled.finditer(stretch) if (name := _clean(found["name"]))]
    found = [(_clean(each["name"]), each.start()) for each in marks().name.finditer(stretch)]
    for name in (*titled, *(name for name, _ in found if name)):
        repeated = _from_address(name, local)
        if repeated:
            return repeated
    if titled:
        return titled[-1]
    led = [name for name, start in found if name and _is_led_to(stretch, start, name)]
    return led[-1] if led else None


def _from_address(name: str, local: str) -> str | None:
    """Give the part of a name that an address repeats, with the first name that it may abbreviate."""
    words = name.split()
    parts = [re.sub(r"[^a-z]", "", _plain(word)) for word in words]
    for place, part in enumerate(parts):
        if part and part == local:
            named = part not in marks().roles and words[0][0].isupper()
            return " ".join(words[place:]) if named else None
        if len(part) > 2 and part in local:  # noqa: PLR2004  initials fit anywhere
            return " ".join(words[_first_of(parts, place, local) :])
    return None


def _first_of(parts: list[str], place: int, local: str) -> int:
    """Give where the name begins whose word at `place` an address repeats: "s.elamrani", Samira El Amrani."""
    while place and not local.startswith(parts[place]) and parts[place - 1] in local:
        place -= 1
    abbreviated = place and not local.startswith(parts[place])
    return place - bool(abbreviated and parts[place - 1][:1] == local[:1])


def _is_led_to(stretch: str, start: int, name: str) -> bool:
    return " " in name or marks().led_to.search(stretch[max(0, start - 30) : start]) is not None


def _clean(name: str) -> str | None:
    """Take off words that begin a sentence or name a thing."""
    words = name.split()
    while words and words[0].lower().strip("'\u2019") in marks().no_names:
        words.pop(0)
    while words and (words[-1].lower() in marks().no_names or words[-1][0].islower()):
        words.pop()
    return " ".join(words) or None


def _titled_or_cued(body: str) -> str | None:
    """Give the name in a sentence that passes us on; a capital alone makes no name."""
    for sentence in marks().sentences.split(body):
        if not marks().passed_on.search(sentence):
            continue
        for found in marks().titled.finditer(sentence):
            if name := _clean(found["name"]):
                return name
        for found in marks().name.finditer(sentence):
            name = _clean(found["name"])
            if name and _is_led_to(sentence, found.start(), name):
                return name
    return None


def _is_writer(name: str, writer: str) -> bool:
    parts = set(_plain(name).split())
    return bool(writer) and parts <= set(_plain(writer).split())


def _plain(text: str) -> str:
    return fold(text).replace("-", " ")
