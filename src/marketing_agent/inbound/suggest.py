"""The text of a suggested answer: a few honest sentences in the language of the one who wrote.

A suggestion never leaves by itself. A person reads it, changes it and approves it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from marketing_agent.engine.intents.languages import language_of
from marketing_agent.engine.values import POSITIVE, Intent

LONGEST_SUBJECT = 190
LONGEST_NAME = 60
_ANSWERS = re.compile(
    r"^(?:(?:re|aw|antw|antwort|sv|vs|rv|res|rif|r|odp|ynt|回复|答复)\s?(?:\[\d{1,3}\]|\^\d{1,3})?\s?[:\uff1a]\s?){1,20}",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[@/\\<>{}\d]|^\w+$")  # one word may be a department or a firm


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs an answer, and the link under which a meeting is booked; empty where there is none."""

    name: str
    company: str
    booking_link: str


def suggested_text(intent: Intent, said: str, name: str, signature: Signature) -> str:
    """Write the answer to a positive reply; empty for every other intent.

    Args:
        intent: what the person wants.
        said: their own words, which tell the language.
        name: first and last name of the one to greet; empty where it is not known.
        signature: who signs.
    """
    if intent not in POSITIVE:
        return ""
    data, language = _texts(), language_of(said)
    known, unknown = data["greetings"][language]
    names = {"{first}": name.split(" ", maxsplit=1)[0], "{name}": name}
    greeting = _filled(known, names) if name else unknown
    next_step = _next_step(intent, data, language, signature.booking_link)
    text = " ".join(part for part in (data[intent][language], next_step) if part)
    closing = "\n".join(part for part in (signature.name, signature.company) if part)
    return f"{greeting}\n\n{_first_letter(greeting, text)}\n\n{data['closings'][language]}\n{closing}\n"


def name_of(written: str) -> str:
    """Give a name as it is spoken, from a From header: "Berg, Nina" is Nina Berg; no address is a name."""
    last, comma, first = written.partition(",")
    spoken = f"{first.strip()} {last.strip()}" if comma else written
    name = " ".join(spoken.split())
    return name if len(name) <= LONGEST_NAME and not _NO_NAME.search(name) else ""


def answer_subject(subject: str) -> str:
    """Give the subject of an answer: the one answered, with one Re: for all marks before it."""
    bare = _ANSWERS.sub("", " ".join(subject[:LONGEST_SUBJECT].split()))
    return f"Re: {bare}".strip()


def _next_step(intent: Intent, data: dict[str, Any], language: str, link: str) -> str:
    if link:
        return str(data["link"][language]).replace("{link}", link)
    return str(data["ask"][language]) if intent is Intent.MEETING_REQUEST else ""


def _filled(text: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _first_letter(greeting: str, text: str) -> str:
    """After a comma German and others go on in lower case; English and a colon do not."""
    lower = greeting.endswith(",") and not greeting.startswith("Hello")
    return text if lower else text[:1].upper() + text[1:]


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("answers.toml").read_text("utf-8"))
