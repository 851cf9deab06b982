"""What was heard in a reply, and the verdict on it."""

from dataclasses import dataclass

from marketing_agent.engine.intents.lexicon import Match
from marketing_agent.engine.intents.rules import Finding, Strength
from marketing_agent.engine.intents.text import Words
from marketing_agent.engine.values import Intent


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was heard in a reply.

    Attributes:
        text: its words.
        findings: what speaks for an intent.
        denied: what would agree but for a negation beside it.
        matches: the words of the lexicon in it.
        title: what the subject says by itself.
        automatic: whether a machine wrote it.
    """

    text: Words
    findings: tuple[Finding, ...]
    denied: tuple[Finding, ...]
    matches: tuple[Match, ...]
    title: Intent | None
    automatic: bool

    def of(self, intent: Intent, least: Strength = Strength.SOFT) -> list[Finding]:
        """Give what speaks for an intent at least so strongly."""
        return [one for one in self.findings if one.intent is intent and one.strength >= least]

    def has(self, name: str) -> bool:
        """Whether words of a class stand in the text."""
        return any(match.name == name for match in self.matches)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An intent, how sure we are, and the words that it stands on."""

    intent: Intent
    confidence: float
    evidence: tuple[str, ...] = ()
