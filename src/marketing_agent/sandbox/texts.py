"""The words of the sandbox's people; they stand in `texts.toml`."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random


class Topic(StrEnum):
    """What a message from a person or their mail program is about."""

    INTERESTED = "interested"
    QUESTION = "question"
    MEETING = "meeting"
    NOT_INTERESTED = "not_interested"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    WRONG_PERSON = "wrong_person"
    UNCLEAR = "unclear"
    OPT_OUT = "opt_out"
    OUT_OF_OFFICE = "out_of_office"
    CHALLENGE = "challenge"


class Language(StrEnum):
    """The languages that the people write in."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"


def pick(topic: Topic, language: Language, taste: Random) -> str:
    """Choose one of the texts on `topic`; where a language has none, English is used."""
    by_language = _texts()[topic]
    return taste.choice(by_language.get(language, by_language[Language.ENGLISH]))


@cache
def _texts() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_name("texts.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
