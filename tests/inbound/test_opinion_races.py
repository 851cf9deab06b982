"""Second opinions among workers that die, people who decide meanwhile, and rules that read again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from inbound.opinions_world import (
    doubtful,
    kept,
    run,
)
from inbound.scene import BY, NINA, NOW
from marketing_agent.inbound import second_opinion
from marketing_agent.inbound.actions import classify
from marketing_agent.inbound.actions.opinions import MOST_TRIES
from marketing_agent.inbound.models import InboxItem, Opinion, Suggestion
from marketing_agent.inbound.steps import reprocess
from marketing_agent.operations.models import ProviderDay
from marketing_agent.operations.stats import stats
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox.model_server import ModelServer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def during(grok: ModelServer, happens: Callable[[], object]) -> None:
    """Let something happen between question and answer, in the job's own transaction of the test."""
    asked_before = second_opinion.weigh

    def weigh(*words: Any) -> Any:
        happens()
        return asked_before(*words)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(second_opinion, "weigh", weigh)
        run()
    assert len(grok.calls) == 1


def test_a_person_who_decides_before_the_answer_comes_wins(grok: ModelServer) -> None:
    _, item = doubtful()
    during(grok, lambda: classify(item.public_id, "opt_out", BY, NOW))
    read, opinion = kept(item)
    assert (read.intent, read.intent_by) == ("opt_out", "ada")
    assert (opinion.state, opinion.finding) == ("decided", "Decided by ada.")
    assert not Suggestion.objects.exists()
    assert Suppression.objects.get().key == NINA


def test_a_person_who_agrees_with_the_rules_wins_too(grok: ModelServer) -> None:
    _, item = doubtful()
    during(grok, lambda: classify(item.public_id, "unclear", BY, NOW))
    read, opinion = kept(item)
    assert (read.intent, read.intent_by, opinion.state) == ("unclear", "ada", "decided")


def test_rules_that_read_it_meanwhile_win(grok: ModelServer) -> None:
    _, item = doubtful()
    during(
        grok,
        lambda: InboxItem.objects.update(intent="not_interested", intent_confidence=0.9),
    )
    read, opinion = kept(item)
    assert (read.intent, read.intent_by, opinion.state) == ("not_interested", "rules", "decided")
    assert not Suggestion.objects.exists()


def test_another_worker_s_answer_is_not_written_over(grok: ModelServer) -> None:
    _, item = doubtful()
    during(grok, lambda: Opinion.objects.update(lease_owner="another"))
    read, opinion = kept(item)
    assert (read.intent_by, opinion.state, opinion.lease_owner) == ("rules", "asking", "another")


def test_a_person_may_overrule_a_model_later(grok: ModelServer) -> None:  # noqa: ARG001  answers
    _, item = doubtful()
    run()
    classify(item.public_id, "not_interested", BY, NOW)
    read, opinion = kept(item)
    assert (read.intent, read.intent_by, opinion.state) == ("not_interested", "ada", "decided")
    assert stats(NOW)["inbox_undecided"] == 0


def test_reading_again_keeps_a_model_s_word_until_the_rules_know_better(
    grok: ModelServer,  # noqa: ARG001  answers
) -> None:
    _, item = doubtful()
    run()
    InboxItem.objects.update(state="held")
    reprocess(10, "w", BY, NOW)
    assert kept(item)[0].intent_by == "model:grok"
    _, other = doubtful("Please remove me from your list.", "olaf@inn.example")
    InboxItem.objects.filter(pk=other.pk).update(
        intent="interested", intent_by="model:grok", state="held"
    )
    reprocess(10, "w", BY, NOW)
    read = InboxItem.objects.get(pk=other.pk)
    assert (read.intent, read.intent_by) == ("opt_out", "rules")


def test_asking_the_rules_again_by_hand_asks_a_model_again(grok: ModelServer) -> None:
    _, item = doubtful()
    run()
    classify(item.public_id, None, BY, NOW)
    reprocess(10, "w", BY, NOW)
    assert run()["accepted"] == 1
    assert len(grok.calls) == 2


class Killed(BaseException):
    """What a test ends a worker with: nothing of the job's own code runs any more."""


def _die(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("where", ["providers.chain.Report", "inbound.second_opinion.weigh"])
def test_a_crash_between_question_and_record_asks_no_more_than_so_often(
    grok: ModelServer, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    _, item = doubtful()
    monkeypatch.setattr(f"marketing_agent.{where}", _die)
    for count in range(1, MOST_TRIES + 1):
        with pytest.raises(Killed):
            run()
        assert len(grok.calls) == count
        Opinion.objects.update(lease_until=Now() - timedelta(minutes=1))
    assert run()["rescued"] == 1
    assert len(grok.calls) == MOST_TRIES
    read, opinion = kept(item)
    assert (read.intent_by, opinion.state) == ("rules", "person")
    assert opinion.finding == "A worker died 3 times while a model was asked."
    # Where the death came before the bill, the whole reservation counts.
    assert (ProviderDay.objects.get().spent > 3 * 650) is (where == "providers.chain.Report")


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_ask_twice(grok: ModelServer) -> None:
    for number in range(6):
        doubtful(address=f"p@h{number}.example")
    run(limit=0)
    workers = [threading.Thread(target=_work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(grok.calls) == 6
    assert Opinion.objects.filter(state="accepted").count() == 6
    assert ProviderDay.objects.get().spent == 6 * 650


def _work() -> None:
    from django.db import connections  # noqa: PLC0415  of this thread

    try:
        run()
    finally:
        connections.close_all()
