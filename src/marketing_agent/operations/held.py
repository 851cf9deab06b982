"""The words for due work that is held for review, wherever it is told of."""

from marketing_agent.operations.words import counted
from marketing_agent.outbox.models import Guard

ALERT = "outbox-review"
PROPOSAL = "Look: `marketing-agent outbox show`; then `marketing-agent outbox release`."


def current_guard() -> Guard | None:
    """Give the guard that stands, or None."""
    return Guard.objects.filter(released_at=None).first()


def sentence(guard: Guard) -> str:
    """Say why a guard stands, and what it holds."""
    return f"{guard.summary} {in_words(guard)}"


def in_words(guard: Guard) -> str:
    """Say how much a guard holds."""
    letters = counted(guard.letters, "letter", "letters")
    steps = counted(guard.steps, "further step", "further steps")
    held = f"What was due is held: {letters} and {steps}"
    return f"{held}, and nothing leaves at all." if guard.holds_all else f"{held}."
