"""states.md: the machines of prospects, letters, answers and opinions, drawn from their own tables."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from marketing_agent.engine import answers, email_states, opinions, stages
from marketing_agent.engine.values import (
    BounceType,
    EmailKind,
    EmailState,
    Intent,
    ItemKind,
    ItemState,
    NoticeState,
    OpinionState,
    Outcome,
    Stage,
    SuggestionState,
    SuppressionCause,
    Tier,
)
from reference.markdown import block, code, codes, first_sentence, table

Word = TypeVar("Word", bound=StrEnum)
_OTHER_WORDS = (
    *(Tier, EmailKind, Outcome, BounceType, SuppressionCause),
    *(ItemKind, ItemState, Intent, NoticeState),
)


def body() -> str:
    """Write the page."""
    return f"{_prospects()}\n{_letters()}\n{_answers()}\n{_opinions()}\n{_words()}"


def _prospects() -> str:
    return f"""## A prospect's stages

{first_sentence(Stage.__doc__)}

{diagram(stages.TRANSITIONS, start=Stage.NEW)}
{moves(stages.TRANSITIONS, {"protective": stages.PROTECTIVE, "sendable": stages.SENDABLE})}
**Protective:** {codes(_in_order(Stage, stages.PROTECTIVE))}. {_said("stages", "PROTECTIVE")}

**Sendable:** {codes(_in_order(Stage, stages.SENDABLE))}. {_said("stages", "SENDABLE")}

### Ways back that a person opens

{_said("stages", "REINSTATEMENTS")}

{diagram(stages.REINSTATEMENTS)}
{moves(stages.REINSTATEMENTS, {})}"""


def _letters() -> str:
    sets = {
        "open": email_states.OPEN,
        "due": email_states.DUE,
        "cancellable": email_states.CANCELLABLE,
    }
    return f"""## A letter's states

*transmitting* begins right before DATA. Between there and a recorded outcome nobody can know what
the server did, so the only ways out are an outcome or *unknown*, never *planned*.

{diagram(email_states.TRANSITIONS, start=EmailState.PLANNED)}
{moves(email_states.TRANSITIONS, sets)}
**Open:** {codes(_in_order(EmailState, email_states.OPEN))}. {_said("email_states", "OPEN")}

**Due:** {codes(_in_order(EmailState, email_states.DUE))}. {_said("email_states", "DUE")}
"""


def _answers() -> str:
    return f"""## A suggested answer's states

It is approved once, by a person, within a day. What a person has decided is final.

{diagram(answers.TRANSITIONS, start=SuggestionState.OPEN)}
{moves(answers.TRANSITIONS, {})}"""


def _opinions() -> str:
    return f"""## A second opinion's states

Asking goes back to waiting when nobody could be asked, or when the worker that asked died. *accepted* and
*person* end the asking; a person's word ends it everywhere.

{diagram(opinions.TRANSITIONS, start=OpinionState.WAITING)}
{moves(opinions.TRANSITIONS, {})}"""


def _words() -> str:
    rows = [(kind.__name__, first_sentence(kind.__doc__), codes(kind)) for kind in _OTHER_WORDS]
    return f"## The other words\n\n{table(('word', 'what it tells', 'values'), rows)}"


def diagram(machine: Mapping[Word, Iterable[Word]], start: Word | None = None) -> str:
    """Draw a machine as a state diagram."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {start}"] if start else []
    for state, ways in machine.items():
        lines += [f"    {state} --> {way}" for way in _in_order(type(state), ways)]
        lines += [] if list(ways) else [f"    {state} --> [*]"]
    return block("\n".join(lines), "mermaid")


def moves(machine: Mapping[Word, Iterable[Word]], sets: Mapping[str, Iterable[Word]]) -> str:
    """List a machine's moves, and which of the named sets each state belongs to."""
    rows = []
    for state, ways in machine.items():
        row = [code(state), codes(_in_order(type(state), ways)) or "nowhere"]
        if sets:
            row.append(", ".join(name for name, members in sets.items() if state in set(members)))
        rows.append(row)
    return table(("from", "to", *(("is",) if sets else ())), rows)


def _in_order(kind: type[Word], words: Iterable[Word]) -> list[Word]:
    wanted = set(words)
    return [word for word in kind if word in wanted]


def _said(module: str, name: str) -> str:
    from reference.remarks import said_below  # noqa: PLC0415  reads a file only when asked

    return said_below(f"engine/{module}.py", name)
