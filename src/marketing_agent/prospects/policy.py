"""The rules of entry that are in force now."""

from datetime import datetime

from marketing_agent.operations.config import read
from marketing_agent.prospects.drafts import Policy


def entry_policy(now: datetime, *, allow_test_domains: bool) -> Policy:
    """Read the switches; test domains are allowed in the sandbox alone."""
    return Policy(now, read("role_addresses_allowed"), allow_test_domains)
