"""Second opinions when models fail, cost too much or are not there; and how that shows."""

from datetime import timedelta

import pytest

from inbound.opinions_world import KEY, configure, doubtful, kept, run, said
from inbound.scene import BY, DAY, NOW
from marketing_agent.inbound.actions.opinions import MOST_TRIES
from marketing_agent.inbound.models import InboxItem, Opinion
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.operations.models import Alert, ErrorGroup, ProviderDay, ProviderState
from marketing_agent.operations.stats import health, metrics
from marketing_agent.operations.watching import watch
from marketing_agent.providers.breaker import FAILURES
from marketing_agent.sandbox import model_deeds as deeds
from marketing_agent.sandbox.model_deeds import Deed
from marketing_agent.sandbox.model_server import ModelServer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def open_alerts() -> set[str]:
    return set(Alert.objects.filter(closed_at=None).values_list("key", flat=True))


@pytest.mark.parametrize(
    "trouble",
    [deeds.broken(), deeds.too_many(), Deed(hangs=True), Deed(drip_s=0.05), Deed(breaks_off=True)],
)
def test_trouble_of_the_moment_is_waited_for_but_not_for_ever(
    grok: ModelServer, trouble: Deed
) -> None:
    grok.decide = lambda _: trouble
    _, item = doubtful()
    moment = NOW
    for _ in range(MOST_TRIES - 1):
        assert run(moment)["later"] == 1
        assert run(moment)["later"] == 0  # not before its time
        moment += timedelta(minutes=10)
    assert run(moment)["person"] == 1
    assert kept(item)[1].tries == MOST_TRIES == len(grok.calls)


def test_trouble_that_passes_costs_a_little_patience(grok: ModelServer) -> None:
    grok.decide = lambda _: deeds.too_many("300")
    _, item = doubtful()
    run()
    assert kept(item)[1].next_try_at == NOW + timedelta(minutes=5)
    grok.decide = lambda _: said()
    assert run(NOW + timedelta(minutes=5))["accepted"] == 1


def test_the_fallback_is_asked_second_and_named(grok: ModelServer, fallback: ModelServer) -> None:
    grok.decide = lambda _: deeds.broken()
    _, item = doubtful()
    run()
    read, opinion = kept(item)
    assert (read.intent, read.intent_by, opinion.model) == ("question", "model:fallback", "small")
    assert (len(grok.calls), len(fallback.calls)) == (1, 1)
    assert opinion.cost == 0


def test_the_breaker_leaves_a_dead_service_alone_and_finds_it_again(grok: ModelServer) -> None:
    grok.decide = lambda _: deeds.broken()
    items = [doubtful(address=f"p@h{n}.example")[1] for n in range(FAILURES + 2)]
    counts = run()
    assert (counts["later"], counts["nobody_asked"], len(grok.calls)) == (FAILURES, 1, FAILURES)
    assert 'provider_breaker{provider="grok"} 2.0' in metrics(NOW)
    assert kept(items[-1])[1].tries == 0
    grok.decide = lambda _: said()
    soon = NOW + timedelta(minutes=3)
    assert 'provider_breaker{provider="grok"} 1.0' in metrics(soon)
    assert run(soon)["accepted"] == FAILURES + 2
    assert 'provider_breaker{provider="grok"} 0.0' in metrics(soon)


def test_a_service_that_stays_away_for_an_hour_leaves_the_rest_to_a_person(
    grok: ModelServer,
) -> None:
    _, item = doubtful()
    ProviderState.objects.create(name="grok", open_until=NOW + DAY, failures=9)
    run()  # with our setup the breaker is closed again, for the key may be a new one
    assert kept(item)[1].state == "accepted"
    _, other = doubtful(address="olaf@inn.example")
    ProviderState.objects.update(open_until=NOW + DAY)
    assert run()["nobody_asked"] == 1
    assert run(NOW + timedelta(minutes=61))["person"] == 1
    assert "for an hour" in kept(other)[1].finding
    assert len(grok.calls) == 1


def test_a_spent_budget_ends_in_a_person_and_an_alert(
    grok: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, LLM_GROK_BUDGET="0.001")
    _, item = doubtful()
    assert run()["person"] == 1
    assert kept(item)[1].finding == "The day's budget for grok is spent."
    assert grok.calls == ()
    watch(NOW)
    assert open_alerts() == {"provider-budget:grok", "replies-undecided"}
    watch(NOW + DAY)
    assert open_alerts() == {"replies-undecided"}


def test_the_fallback_goes_on_where_the_budget_of_the_first_is_spent(
    grok: ModelServer, fallback: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, LLM_GROK_BUDGET="0")
    doubtful()
    assert run()["accepted"] == 1
    assert (len(grok.calls), len(fallback.calls)) == (0, 1)


def test_what_is_settled_is_what_was_paid(grok: ModelServer) -> None:
    doubtful()
    run()
    assert ProviderDay.objects.get().spent == 650
    grok.decide = lambda _: Deed(hangs=True)
    doubtful(address="olaf@inn.example")
    run()
    assert ProviderDay.objects.get().spent > 3000  # nobody knows, so it counts as it was reserved


def test_without_a_key_nobody_is_asked_and_the_job_says_so(db: None) -> None:  # noqa: ARG001  no key
    _, item = doubtful()
    found = run()
    assert (found["person"], found["said"]) == (
        1, "No model is configured. Put a key: marketing-agent secret put LLM_GROK",
    )  # fmt: skip
    assert kept(item)[1].finding == "No model is configured."


def test_no_key_shows_anywhere(grok: ModelServer) -> None:
    grok.decide = lambda _: deeds.wrong_key()
    doubtful()
    run()
    watch(NOW)
    tables = (Opinion, InboxItem, ProviderState, ProviderDay, Alert, ErrorGroup)
    rows = str([list(table.objects.values()) for table in tables])
    assert KEY not in rows + metrics(NOW) + str(health(NOW))


def test_trouble_shows_in_health_metrics_and_alerts(grok: ModelServer) -> None:
    assert health(NOW)["dependencies"]["providers"]["status"] == "unknown"
    doubtful()
    run()
    part = health(NOW)["dependencies"]["providers"]
    assert (part["status"], part["age_s"], part["failing"]) == ("ok", 0, {})
    assert part["latency_ms"] > 0
    grok.decide = lambda _: deeds.no_credit()
    doubtful(address="olaf@inn.example")
    run()
    part = health(NOW)["dependencies"]["providers"]
    assert (part["status"], part["failing"]) == ("failing", {"grok": "no_credit"})
    shown = metrics(NOW)
    assert 'marketing_agent_provider_calls_total{provider="grok"} 2.0' in shown
    assert 'provider_failures_total{kind="no_credit",provider="grok"} 1.0' in shown
    assert 'provider_spent_today{provider="grok"} 650.0' in shown
    assert 'provider_budget{provider="grok"} 1e+06' in shown
    watch(NOW)
    alert = Alert.objects.get(key__startswith="provider-")
    assert (alert.key, alert.summary[:22]) == ("provider-refuses:grok", "grok is out of credit ")
    assert health(NOW + 2 * DAY)["dependencies"]["providers"]["status"] == "unknown"


def test_a_new_key_is_tried_at_once_and_closes_the_alert(grok: ModelServer) -> None:
    grok.decide = lambda asked: said() if asked.key == "better" else deeds.wrong_key()
    doubtful()
    run()
    doubtful(address="olaf@inn.example")
    assert run()["nobody_asked"] == 1
    watch(NOW)
    assert open_alerts() == {"provider-refuses:grok", "replies-undecided"}
    grok._key = ""
    put_secret("LLM_GROK", "better", BY, NOW)
    assert run(NOW + timedelta(hours=1))["accepted"] == 1
    watch(NOW)
    assert open_alerts() == {"replies-undecided"}


def test_in_the_sandbox_no_other_machine_is_asked(
    grok: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, SANDBOX="1", LLM_GROK_URL="https://api.x.ai/v1")
    doubtful()
    assert "said" in run()
    assert grok.calls == ()
