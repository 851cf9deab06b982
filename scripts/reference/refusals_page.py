"""refusals.md: every code that says no, read from where the code says it."""

import importlib
import pkgutil

import marketing_agent
from marketing_agent.engine.content import Needs, check_letter
from marketing_agent.operations.errors import OperatorError
from reference.markdown import code, first_sentence, table
from reference.quotes import Quote, quotes

_ABOUT = """
A refusal carries a code for programs and a sentence for people; where a sentence holds a value, an
ellipsis stands here. A letter's refusal also says when it is tried again
(`marketing-agent why ADDRESS` tells it).
"""

_LETTERS = {"Refusal": (0, 1)}
_ADDRESSES = {"Refusal": (0, 1)}
_ROWS = {
    "CellError": (0, 1),
    "DraftRefused": (0, 1),
    "ProspectRefused": (0, 1),
    "Refused": (1, 2),
}
_CONTENT = {"Problem": (0, 1), "_warning": (0, 1)}
_HTTP = {"Problem": (1, 2), "conflict": (0, 1)}


def body() -> str:
    """Write the page."""
    return "\n".join(
        (
            _ABOUT,
            _section(
                "Why a letter does not leave",
                "Asked when a letter is planned and once more right before DATA.",
                quotes(("engine/door.py", "outbox", "inbound/last_look.py"), _LETTERS),
            ),
            _section(
                "What is wrong with a letter's text",
                "Looked for before a letter is queued. Remarks on style are warnings; they hold nothing up.",
                _of_letters(),
            ),
            _section(
                "Why an address is refused",
                "At every entrance: import, command line, API.",
                quotes(("engine/addresses_policy.py",), _ADDRESSES),
            ),
            _section(
                "Why a row or a change of a prospect is refused",
                "In the report of an import, and as `code` of the API's answer.",
                quotes(("prospects",), _ROWS, pairs=True),
            ),
            _of_calls(),
        )
    )


def _of_letters() -> list[Quote]:
    lacking = check_letter("Subject", "Text", needs=Needs("", "", ""))
    found = [Quote(each.code, each.message) for each in lacking]
    return sorted({*found, *quotes(("engine/content.py",), _CONTENT)})


def _section(title: str, about: str, found: list[Quote]) -> str:
    rows = _rows(found)
    return f"## {title}\n\n{about}\n\n{table(('code', 'sentence'), rows)}"


def _of_calls() -> str:
    rows = [
        (code(kind.code), str(kind.status), "yes" if kind.retryable else "", _doc(kind))
        for kind in operator_errors()
    ]
    spoken = quotes(("api",), _HTTP)
    return (
        "## Why a call or a command is refused\n\n"
        "The command line prints the sentence; the API answers a problem document (RFC 9457) with "
        "the sentence as `detail`. *Retryable* means that the same call may succeed later.\n\n"
        + table(("code", "status", "retryable", "when"), rows)
        + "\nThe API itself adds:\n\n"
        + table(("code", "sentence"), _rows(spoken))
    )


def _rows(found: list[Quote]) -> list[tuple[str, str]]:
    return [
        (code(each.code), each.sentence or "(its sentence says what is wrong)") for each in found
    ]


def _doc(kind: type[OperatorError]) -> str:
    return first_sentence(kind.__doc__)


def operator_errors() -> list[type[OperatorError]]:
    """Give every refusal that a caller can meet, one for each code, in the order of their codes."""
    for module in pkgutil.walk_packages(marketing_agent.__path__, "marketing_agent."):
        if not module.name.endswith(("__main__", "wsgi")):
            importlib.import_module(module.name)
    found = {kind.code: kind for kind in reversed(_below(OperatorError))}
    return [found[each] for each in sorted(found)]


def _below(kind: type[OperatorError]) -> list[type[OperatorError]]:
    ours = (
        each for each in kind.__subclasses__() if each.__module__.startswith("marketing_agent.")
    )
    below = sorted(ours, key=lambda each: each.__qualname__)
    return [each for child in below for each in (child, *_below(child))]
