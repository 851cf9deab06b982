"""What a reply wants, by rules: refusals are decided first, so "not interested" is never "interested".

The text must be the person's own words; quotes and signatures are stripped before (mail/strip.py). The
knowledge is data: words/ and rules.toml.
"""

from marketing_agent.engine.intents.contact import Contact
from marketing_agent.engine.intents.reading import ORDER, Reading, read_intent
from marketing_agent.engine.intents.text import fold

__all__ = ["ORDER", "Contact", "Reading", "fold", "read_intent"]
