"""Every page of docs/reference: its file, its title, what it answers, and who writes it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from reference import (
    api_page,
    commands_page,
    hostile_page,
    jobs_page,
    refusals_page,
    settings_page,
    states_page,
    switches_page,
    tables_page,
    thresholds_page,
)
from reference.markdown import link, table

_MARK = "<!-- Generated from the code by `make reference`; a test compares. Do not edit. -->"


class Page(NamedTuple):
    """One generated page; `body` gives its Markdown below the title."""

    file: str
    title: str
    answers: str
    body: Callable[[], str]


PAGES = (
    Page(
        "settings.md",
        "Settings",
        "What does the environment decide, and what is the default?",
        settings_page.body,
    ),
    Page(
        "switches.md",
        "Switches",
        "What can be changed while the program runs?",
        switches_page.body,
    ),
    Page(
        "commands.md",
        "Commands",
        "Which commands are there, and which options do they take?",
        commands_page.body,
    ),
    Page(
        "api.md",
        "API",
        "Which calls are there, what do they take, and who may make them?",
        api_page.body,
    ),
    Page("jobs.md", "Jobs", "What runs by itself, and how often?", jobs_page.body),
    Page(
        "states.md",
        "Stages and states",
        "Where can a prospect, a letter or a mail stand, and where can it go from there?",
        states_page.body,
    ),
    Page(
        "thresholds.md",
        "Thresholds",
        "From which figure on is something a warning, and from which critical?",
        thresholds_page.body,
    ),
    Page(
        "refusals.md",
        "Refusals",
        "Which codes say no, and what does each mean?",
        refusals_page.body,
    ),
    Page(
        "hostile-servers.md",
        "Hostile servers",
        "What becomes of a letter or a mail when a mail server hangs, lies or breaks off?",
        hostile_page.body,
    ),
    Page("tables.md", "Tables", "What does the database hold?", tables_page.body),
)

_BY_HAND = (
    ("Guarantees", "guarantees.md", "What is promised, what is not, and what proves it?"),
    (
        "Crash matrix",
        "crash-matrix.md",
        "What is lost, doubled or in doubt when a worker is killed at any step?",
    ),
    ("Performance", "performance.md", "How fast is it, and how was that measured?"),
    ("Incidents", "incidents.md", "What went wrong elsewhere, and which test holds it here?"),
)


def generate() -> dict[str, str]:
    """Give the text of every page by its file name, the index included."""
    pages = {page.file: _framed(page.title, page.body()) for page in PAGES}
    return {"README.md": _framed("Reference", _index())} | pages


def _framed(title: str, body: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", f"# {title}\n\n{_MARK}\n\n{body.strip()}\n")


def _index() -> str:
    rows = [(link(page.title, page.file), page.answers) for page in PAGES]
    rows += [(link(title, file), answers) for title, file, answers in _BY_HAND]
    return (
        "What there is, complete and in the order of the code. How to use it stands in the "
        f"{link('guide', '../guide/README.md')}.\n\n"
        + table(("page", "the question that it answers"), rows)
    )
