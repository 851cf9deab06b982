"""The emergency stop as every sender asks for it."""

from marketing_agent.operations.models import Stop


def current_stop() -> Stop | None:
    """Give the stop in force, or None. One indexed look at the store, never cached."""
    return Stop.objects.filter(ended_at=None).first()
