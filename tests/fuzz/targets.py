"""The interfaces that hostile bytes reach, by name; each is called and held to what it promises.

A target takes bytes and returns nothing; it raises when a promise is broken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fuzz import mail_targets, open_findings, text_targets, wire_targets
from fuzz.promises import PromiseError


class Food(StrEnum):
    """What a target is fed with."""

    MAIL = "mail"  # a raw mail
    TEXT = "text"  # a body, a header's value, a server's words
    LINES = "lines"  # what a server says


@dataclass(frozen=True, slots=True)
class Target:
    """One interface: its name, its promises as a function, and what it eats.

    `is_sum` says that each of its parts is a target as well.
    """

    name: str
    check: Callable[[bytes], None]
    food: Food
    is_sum: bool = False

    def hold(self, data: bytes) -> None:
        """Check, but for what is known to be broken."""
        try:
            self.check(data)
        except PromiseError as error:
            if (self.name, str(error)) not in open_findings.PROMISES:
                raise


TARGETS = (
    Target("parse", mail_targets.check_parse, Food.MAIL),
    Target("classify", mail_targets.check_classify, Food.MAIL),
    Target("candidates", mail_targets.check_candidates, Food.MAIL),
    Target("whole-way", mail_targets.check_whole_way, Food.MAIL, is_sum=True),
    Target("strip", text_targets.check_strip, Food.TEXT),
    Target("strip-html", text_targets.check_strip_html, Food.TEXT),
    Target("html-text", text_targets.check_html_text, Food.TEXT),
    Target("intent", text_targets.check_intent, Food.TEXT),
    Target("words", text_targets.check_words, Food.TEXT),
    Target("address", text_targets.check_address, Food.TEXT),
    Target("failure", text_targets.check_failure, Food.TEXT),
    Target("header", text_targets.check_header, Food.TEXT),
    Target("content", text_targets.check_content, Food.TEXT),
    Target("smtp-reply", wire_targets.check_smtp_reply, Food.LINES),
    Target("smtp-outcome", wire_targets.check_smtp_outcome, Food.LINES),
    Target("imap-answers", wire_targets.check_imap_answers, Food.LINES),
    Target("imap-folders", wire_targets.check_imap_folders, Food.LINES),
)

BY_NAME = {target.name: target for target in TARGETS}


def fed_with(*foods: Food) -> tuple[Target, ...]:
    """Give the targets that eat one of these."""
    return tuple(target for target in TARGETS if target.food in foods)
