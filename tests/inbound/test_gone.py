"""An automatic answer that says that the person is gone."""

import pytest

from inbound.scene import a_letter, a_scene, answer, receive
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.models import Email

pytestmark = pytest.mark.django_db


def test_it_ends_the_sequence_and_what_waits_in_the_outbox() -> None:
    scene = a_scene()
    waiting = a_letter(scene.prospect, scene.inbox, EmailState.PLANNED, step=2)
    text = "Nina no longer works here."
    [item] = receive(answer(scene.letter, text, Auto_Submitted="auto-replied"))
    assert (item.kind, item.intent) == ("auto_reply", "wrong_person")
    assert (scene.sequence().state, scene.stage()) == ("stopped", "contacted")
    assert Email.objects.get(pk=waiting.pk).state == EmailState.CANCELLED
    assert Email.objects.get(pk=scene.letter.pk).state == EmailState.SENT
