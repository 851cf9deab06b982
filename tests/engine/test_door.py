from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.door import (
    CONTACT_GAP,
    DOOR,
    Addressee,
    Fate,
    Sender,
    refuse,
    refuse_addressee,
)
from marketing_agent.engine.stages import SENDABLE
from marketing_agent.engine.values import EmailKind, Stage

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TO = Addressee(kind=EmailKind.OUTREACH, stage=Stage.READY, replied=False, warm=False)
FROM = Sender(
    open=True,
    opens_at=NOW,
    resets_at=NOW + timedelta(hours=12),
    left_today=1,
    bound="5 a day",
    warm_only=False,
)
SOON = NOW + timedelta(hours=2)

BAD_ADDRESSEES = {
    "suppressed": replace(TO, suppressed="opt_out"),
    "address_changed": replace(TO, moved=True),
    "replied": replace(TO, replied=True),
    "stage": replace(TO, stage=Stage.LOST),
    "campaign_paused": replace(TO, campaign_paused=True),
    "too_soon": replace(TO, last_data_at=NOW - timedelta(hours=23)),
}
BAD_SENDERS = {
    "inbox_paused": replace(FROM, paused="a doubt", pause_until=SOON),
    "provider_paused": replace(FROM, provider_paused="a block", provider_pause_until=SOON),
    "warm_leads_only": replace(FROM, warm_only=True),
    "limit_reached": replace(FROM, left_today=0),
    "window_closed": replace(FROM, open=False, opens_at=SOON),
}
BINDING_AN_ANSWER = {"suppressed", "address_changed", "inbox_paused", "provider_paused"}
BINDING_AN_ANSWER |= {"limit_reached", "emergency_stop"}


def code(to: Addressee, sender: Sender, stop: str = "") -> str | None:
    refusal = refuse(to, sender, stop, NOW)
    return refusal.code if refusal else None


def test_a_letter_that_breaks_no_rule_may_leave() -> None:
    assert refuse(TO, FROM, "", NOW) is None


@pytest.mark.parametrize("wanted", BAD_ADDRESSEES)
def test_a_rule_about_the_addressee_refuses_at_the_door_and_in_planning(wanted: str) -> None:
    planned = refuse_addressee(BAD_ADDRESSEES[wanted], NOW)
    assert code(BAD_ADDRESSEES[wanted], FROM) == wanted
    assert planned is not None
    assert planned.code == wanted


@pytest.mark.parametrize("wanted", BAD_SENDERS)
def test_a_rule_about_the_inbox_refuses_for_now(wanted: str) -> None:
    refusal = refuse(TO, BAD_SENDERS[wanted], "", NOW)
    assert refusal is not None
    assert (refusal.code, refusal.fate) == (wanted, Fate.WAIT)
    assert refusal.next_try is not None
    assert refusal.next_try > NOW


def test_the_stop_comes_before_everything() -> None:
    assert (
        code(BAD_ADDRESSEES["suppressed"], BAD_SENDERS["inbox_paused"], "why") == "emergency_stop"
    )


@pytest.mark.parametrize("kind", EmailKind)
def test_what_holds_all_for_review_comes_next(kind: EmailKind) -> None:
    to = replace(BAD_ADDRESSEES["suppressed"], kind=kind)
    refusal = refuse(to, FROM, "", NOW, review="The store is older.")
    assert refusal is not None
    assert (refusal.code, refusal.fate) == ("review", Fate.WAIT)
    stopped = refuse(to, FROM, "why", NOW, review="The store is older.")
    assert stopped is not None
    assert stopped.code == "emergency_stop"


def test_every_rule_of_the_door_is_tried_here() -> None:
    assert len(DOOR) == len(BAD_ADDRESSEES) + len(BAD_SENDERS) + 2


@pytest.mark.parametrize("wanted", [*BAD_ADDRESSEES, *BAD_SENDERS])
def test_an_approved_answer_is_exempt_from_some_rules_only(wanted: str) -> None:
    to = replace(BAD_ADDRESSEES.get(wanted, TO), kind=EmailKind.ANSWER)
    refused = code(to, BAD_SENDERS.get(wanted, FROM))
    assert refused == (wanted if wanted in BINDING_AN_ANSWER else None)


@pytest.mark.parametrize("stage", Stage)
def test_only_sendable_stages_are_written_to(stage: Stage) -> None:
    assert (code(replace(TO, stage=stage), FROM) is None) is (stage in SENDABLE)


def test_a_warm_prospect_may_be_written_to_from_a_weak_inbox() -> None:
    assert code(replace(TO, warm=True), BAD_SENDERS["warm_leads_only"]) is None


def test_the_second_letter_may_leave_after_exactly_24_hours() -> None:
    assert code(replace(TO, last_data_at=NOW - CONTACT_GAP), FROM) is None
    refusal = refuse(BAD_ADDRESSEES["too_soon"], FROM, "", NOW)
    assert refusal is not None
    assert refusal.next_try == NOW + timedelta(hours=1)
