"""The moves that the verbs make are those of the table of states: all of them, and no others."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from inbound.opinions_world import DOUBTFUL, doubtful
from inbound.scene import NOW
from marketing_agent.engine.opinions import TRANSITIONS, Heard, Ruling
from marketing_agent.engine.values import Intent, OpinionState
from marketing_agent.inbound.actions.opinions import (
    accept,
    claim_opinion,
    decided_by_person,
    give_to_person,
    hand_over,
    note_decided,
    put_off,
    rescue_opinions,
)
from marketing_agent.inbound.asking import Advice
from marketing_agent.inbound.claim import LeaseLostError
from marketing_agent.inbound.models import InboxItem, Opinion

pytestmark = pytest.mark.django_db

ADVICE = Advice(Ruling(Intent.INTERESTED, "Interest."), Heard.INTERESTED, 0.9, "They ask for more.")


def _too_late(opinion: Opinion) -> None:
    InboxItem.objects.filter(pk=opinion.item_id).update(intent_by="ada")
    accept(opinion, ADVICE, "grok", {}, NOW)


VERBS: dict[str, Callable[[Opinion], object]] = {
    "claimed": lambda _: claim_opinion("w", NOW),
    "rescued": lambda _: rescue_opinions(NOW),
    "put off": lambda opinion: put_off(opinion, "Busy.", NOW, asked=True),
    "handed over": lambda _: hand_over("No model.", NOW),
    "given to a person": lambda opinion: give_to_person(opinion, "Unsure.", NOW),
    "found decided": lambda opinion: note_decided(opinion, NOW),
    "accepted": lambda opinion: accept(opinion, ADVICE, "grok", {}, NOW),
    "accepted too late": _too_late,
    "decided by a person": lambda opinion: decided_by_person(opinion.item, "ada", NOW),
}


def _after(item: InboxItem, state: OpinionState, verb: Callable[[Opinion], object]) -> OpinionState:
    """Let a verb meet an opinion in a state; gives the state that it leaves it in."""
    InboxItem.objects.filter(pk=item.pk).update(intent="unclear", intent_by="rules", text=DOUBTFUL)
    Opinion.objects.all().delete()
    lapsed = {"lease_owner": "w", "lease_until": Now() - timedelta(minutes=1)}
    due = {"next_try_at": NOW} if state is OpinionState.WAITING else {}
    lease = lapsed if state is OpinionState.ASKING else {}
    Opinion.objects.create(item=item, state=state, opened_at=NOW, tries=1, **due, **lease)
    opinion = Opinion.objects.select_related("item__prospect").get()
    with suppress(LeaseLostError):  # only who has it may write what becomes of it
        verb(opinion)
    return OpinionState(Opinion.objects.get().state)


def test_the_verbs_make_the_moves_of_the_table_and_no_others() -> None:
    _, item = doubtful()
    made = {state: {_after(item, state, verb) for verb in VERBS.values()} for state in OpinionState}
    assert {state: ways - {state} for state, ways in made.items()} == TRANSITIONS
