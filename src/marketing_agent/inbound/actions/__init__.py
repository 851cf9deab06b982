"""The only writers of inbound mail; one transaction a verb."""

from marketing_agent.inbound.actions.by_hand import classify, release
from marketing_agent.inbound.actions.verdicts import hold, put_back, settle

__all__ = ["classify", "hold", "put_back", "release", "settle"]
