"""Replies that the rules are in doubt about, a model on a loopback port, and the job that asks it."""

from datetime import datetime
from typing import Any

import pytest

from inbound.scene import NINA, NOW, Scene, a_scene, answer, receive
from marketing_agent.inbound.models import InboxItem, Opinion
from marketing_agent.inbound.second_opinion import give_opinions
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox import model_deeds as deeds
from marketing_agent.sandbox.model_deeds import Deed
from marketing_agent.settings import settings

KEY = "xai-secret-of-the-test"
DOUBTFUL = "Hm, we shall see about that, dear sender."
SAID: dict[str, Any] = {
    "intent": "interested",
    "confidence": 0.9,
    "until": None,
    "contact_name": None,
    "contact_address": None,
    "suggested_reply": "Thank you, when would a call suit you?",
    "reason": "They wish to see more.",
}


def said(**more: object) -> Deed:
    """Answer as a model that is sure of interest, but for what is given."""
    return deeds.answer(SAID | more)


def configure(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Give settings of ours other values."""
    for name, value in values.items():
        monkeypatch.setenv(f"MARKETING_AGENT_{name}", value)
    settings.cache_clear()


def run(at: datetime = NOW, limit: int = 50) -> dict[str, Any]:
    """Run the job once."""
    return give_opinions(limit, "w", lambda: at, lambda _: None)


def doubtful(text: str = DOUBTFUL, address: str = NINA) -> tuple[Scene, InboxItem]:
    """Receive a reply that the rules are in doubt about."""
    scene = a_scene(address)
    [item] = receive(answer(scene.letter, text, address))
    return scene, item


def kept(item: InboxItem) -> tuple[InboxItem, Opinion]:
    """Give a reply and its opinion as stored."""
    found = InboxItem.objects.select_related("opinion").get(pk=item.pk)
    return found, found.opinion


def nothing_followed() -> bool:
    """Say that nobody was written to, and nobody suppressed."""
    return not (Email.objects.filter(kind="answer").exists() or Suppression.objects.exists())
