"""The mail room of the outbox's tests, for servers and workers that behave badly."""

import pytest

from marketing_agent.settings import settings
from outbox.conftest import certificates, room, smtp
from outbox.mailroom import MailRoom

__all__ = ["certificates", "impatient", "room", "smtp"]

SECONDS = "0.4"


@pytest.fixture
def impatient(room: MailRoom, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001  it comes first
    """Wait for servers a moment only."""
    monkeypatch.setenv("MARKETING_AGENT_SMTP_STEP_S", SECONDS)
    monkeypatch.setenv("MARKETING_AGENT_SMTP_FINAL_S", SECONDS)
    settings.cache_clear()
