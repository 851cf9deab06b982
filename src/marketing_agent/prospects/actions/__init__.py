"""All that writes prospects, their history, imports and suppressions; one transaction a verb."""

from marketing_agent.prospects.actions.moves import mark_replied, move, reinstate, set_stage
from marketing_agent.prospects.actions.people import (
    archive,
    create,
    edit,
    skip_enrichment,
    unskip_enrichment,
)
from marketing_agent.prospects.actions.suppressions import add_suppression, lift_suppression
from marketing_agent.prospects.actions.verifications import write_verifications

__all__ = [
    "add_suppression",
    "archive",
    "create",
    "edit",
    "lift_suppression",
    "mark_replied",
    "move",
    "reinstate",
    "set_stage",
    "skip_enrichment",
    "unskip_enrichment",
    "write_verifications",
]
