"""Automatic answers, told by headers first (RFC 3834) and by unmistakable subjects second.

What they say stands in autoreply.toml. A person who writes "I am away until Monday" stays a person.
"""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from marketing_agent.mail.mime import Headers
from marketing_agent.mail.parse import Mail

_LISTS = (
    "list-id",
    "list-post",
    "list-help",
    "list-archive",
    "list-subscribe",
    "mailing-list",
    "x-mailing-list",
    "x-mailman-version",
)
_WORD = re.compile(r"(?:\([^()]{0,200}\)\s*)?([^\s;(,]*)")  # behind a comment (RFC 5322 §3.2.2)
_LONGEST = 500  # characters of a header or subject that are looked at
_BRACKETS = " *-_[(\u3010\u300c<\"'!"
_ENOUGH_HINTS = 2
_ENDS = re.compile(
    r"[(\[](?:auto[- ]?|automatic |automated )(?:reply|response)[)\]]$|[(\[]out of office[)\]]$"
    r"|\bauto-?reply$|\bis out of (?:the )?office$"
)
_VERP = re.compile(
    r"<?bounces?[-+.][^<>\s@]{0,200}[-+.=]([^<>\s@=+]{1,64})=([^<>\s@=+]{1,200})@", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One field of a mail's head and what it must say; autoreply.toml explains the words."""

    name: str
    when: str
    values: tuple[str, ...]
    no: frozenset[str]
    unless_list: bool
    unless_answer: bool

    def holds(self, headers: Headers) -> bool:
        """Whether the field says what the rule asks for."""
        if self.name not in headers:
            return False
        value = headers.raw(self.name)[:_LONGEST].strip().lower()
        if not self._says(value):
            return False
        return not (self.unless_list and _is_list(headers)) and not (
            self.unless_answer and _is_answer(headers)
        )

    def _says(self, value: str) -> bool:
        if self.when == "present":
            return _first_word(value) not in self.no
        if self.when == "word":
            return _first_word(value) in self.values
        if self.when == "begins":
            return value.startswith(self.values)
        return any(piece in value for piece in self.values)


class Titles:
    """Subjects, looked up by their first two characters, and what may follow them."""

    def __init__(self, titles: set[str], behind: re.Pattern[str]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for title in titles:
            found[title[:2]].append(title)
        self._by_pair = dict(found)
        self._behind = behind

    def begin(self, text: str) -> bool:
        """Whether `text` is one, or a colon, bracket or date follows: "Automatic doors?" has none."""
        some = self._by_pair.get(text[:2], ())
        return any(text.startswith(one) and self._behind.match(text, len(one)) for one in some)


@dataclass(frozen=True, slots=True)
class Known:
    """The compiled autoreply.toml."""

    rules: tuple[Rule, ...]
    hints: tuple[Rule, ...]
    titles: Titles
    alone: Titles
    openings: tuple[str, ...]
    answered: re.Pattern[str]  # "Re:" in any language, three times at most


@lru_cache(maxsize=1)
def known() -> Known:
    """Read the data once."""
    data = tomllib.loads(files(__package__).joinpath("autoreply.toml").read_text("utf-8"))
    subjects, words = data["subject"], data["word"]
    behind = re.compile(
        rf"\s?(?:$|[^\w\s'])|\s(?:{_either(_all(words, 'behind'))}|\d\S{{0,20}})(?!\w)"
    )
    return Known(
        rules=tuple(map(_rule, data["header"])),
        hints=tuple(map(_rule, data["hint"])),
        titles=Titles(_all(subjects, "titles"), behind),
        alone=Titles(_all(subjects, "alone"), behind),
        openings=tuple(_all(subjects, "openings")),
        answered=re.compile(
            rf"(?:(?:{_either(_all(words, 'answered'))})(?:\[\d{{1,3}}\])?\s?[:\uff1a]\s?){{1,3}}"
        ),
    )


def is_auto_reply(mail: Mail) -> bool:
    """Whether a machine wrote the mail on somebody's behalf. Decide bounces before asking."""
    return by_headers(mail) or by_subject(mail.subject)


def by_headers(mail: Mail) -> bool:
    """Whether a header says so firmly, or two hint at it; mailing-list headers alone do not."""
    headers = mail.headers
    if any(rule.holds(headers) for rule in known().rules) or _is_receipt(mail):
        return True
    hints = sum(rule.holds(headers) for rule in known().hints)
    return hints >= _ENOUGH_HINTS or _is_mass_mail(mail)


def by_subject(subject: str) -> bool:
    """Whether the subject is one that only machines write."""
    text = subject[:_LONGEST].replace("\u2019", "'").strip().lower()
    if _ENDS.search(text):
        return True
    answered = known().answered.match(text)
    bare = (text[answered.end() :] if answered else text).lstrip(_BRACKETS)
    if known().titles.begin(bare) or bare.startswith(known().openings):
        return True
    return answered is None and known().alone.begin(bare) and "," not in bare


def _is_receipt(mail: Mail) -> bool:
    """A notice that a mail was read (RFC 8098 §3), which programs send without being asked."""
    return mail.root.parameters.get("report-type", "").lower() == "disposition-notification"


def _is_mass_mail(mail: Mail) -> bool:
    """Sent to each by a program that knows by the address whose bounce comes back (VERP), and no answer.

    People write through help desks that do the same; theirs are answers, or have a subject like one.
    """
    found = _VERP.match(mail.headers.raw("return-path")[:_LONGEST].strip())
    if found is None or _is_list(mail.headers) or _is_answer(mail.headers):
        return False
    told = f"{found[1]}={found[2]}".lower()
    ours = {address.lower().replace("@", "=") for address in mail.to}
    return told in ours and known().answered.match(mail.subject.lower()) is None


def _is_list(headers: Headers) -> bool:
    """A mailing list marks its members' mail as bulk too."""
    return any(name in headers for name in _LISTS)


def _is_answer(headers: Headers) -> bool:
    return "in-reply-to" in headers or "references" in headers


def _first_word(value: str) -> str:
    found = _WORD.match(value)
    return found[1] if found else ""


def _rule(data: dict[str, Any]) -> Rule:
    return Rule(
        name=data["name"],
        when=data["when"],
        values=tuple(data.get("values", ())),
        no=frozenset(data.get("no", ())),
        unless_list=data.get("unless_list", False),
        unless_answer=data.get("unless_answer", False),
    )


def _all(groups: list[dict[str, Any]], name: str) -> set[str]:
    return {one for group in groups for one in group.get(name, ())}


def _either(words: set[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
