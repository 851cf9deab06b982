"""The only writers of inboxes; one transaction a verb."""

from marketing_agent.inboxes.actions.health import apply_health, check_inbox, check_inboxes
from marketing_agent.inboxes.actions.pauses import pause, resume
from marketing_agent.inboxes.actions.registration import add_inbox, update_inbox
from marketing_agent.inboxes.actions.secrets import delete_secret, put_secret

__all__ = [
    "add_inbox",
    "apply_health",
    "check_inbox",
    "check_inboxes",
    "delete_secret",
    "pause",
    "put_secret",
    "resume",
    "update_inbox",
]
