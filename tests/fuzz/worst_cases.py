"""Every worst case by name, and which of them a target is fed with."""

from collections.abc import Iterator

from fuzz.targets import Food, Target
from fuzz.worst_lines import LINES
from fuzz.worst_mails import (
    MAILS,
    Maker,
    as_diagnostic,
    as_page,
    as_reply,
    as_report,
    as_subject,
)
from fuzz.worst_texts import HTML, TEXTS

_WRAPPED = {
    **{f"reply, {name}": as_reply(make) for name, make in TEXTS.items()},
    **{f"report, {name}": as_report(make) for name, make in TEXTS.items()},
    **{f"page, html: {name}": as_page(make) for name, make in HTML.items()},
}
_WRAPPERS = (as_reply, as_report, as_page, as_subject, as_diagnostic)
_FOODS: dict[Food, dict[str, Maker]] = {
    Food.MAIL: {**MAILS, **_WRAPPED},
    Food.TEXT: {**TEXTS},
    Food.LINES: {**LINES, **TEXTS},
}


def cases_for(target: Target) -> Iterator[tuple[str, Maker]]:
    """Give the worst cases that a target eats: a name, and what makes it at any size in bytes."""
    yield from _FOODS[target.food].items()


def placed(target: Target, text: Maker) -> Iterator[Maker]:
    """Give a text as it may reach a target: as it is, or at several places of a mail."""
    if target.food is Food.MAIL:
        yield from (wrap(text) for wrap in _WRAPPERS)
    else:
        yield text
