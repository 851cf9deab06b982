"""What tests of inboxes share."""

from collections.abc import Iterator

import pytest

from marketing_agent.settings import settings


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the process a key for secrets, as `init` would."""
    monkeypatch.setenv("MARKETING_AGENT_KEY", "a key of the test")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
