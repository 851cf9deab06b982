from datetime import date, timedelta

import pytest

from marketing_agent.campaigns.models import Campaign
from marketing_agent.engine.values import EmailState, Stage, SuppressionCause, Tier
from marketing_agent.inboxes.actions import pause
from marketing_agent.operations.actions import set_switch, start_stop
from marketing_agent.operations.errors import NotFoundError
from marketing_agent.operations.why import NOTHING, why
from marketing_agent.outbox.models import Contact
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.workers.models import Heartbeat, Job
from operations.world import BY, DAY, HOUR, NOW, campaign, enrollment, inbox, letter, prospect, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def _ready_to_send() -> None:
    for key in ("sender_name", "postal_address"):
        set_switch(key, "Example Ltd", BY, NOW)
    inbox(daily_limit=400, minimum_gap_s=0)
    Heartbeat.objects.create(worker="w", host="h", pid=1, version="1", started_at=NOW, beat_at=NOW)


def said(about: str, *words: str) -> bool:
    text = "\n".join(why(about, NOW))
    return all(word in text for word in words)


def test_a_fresh_installation_says_everything_that_is_missing() -> None:
    found = why("", NOW)
    assert "sender_name, postal_address" in found[0]
    text = "\n".join(found)
    for word in ("No worker", "no active campaign", "no inbox", "no prospects"):
        assert word in text


@pytest.mark.usefixtures("_ready_to_send")
def test_when_nothing_stands_in_the_way_it_says_so() -> None:
    enrollment(prospect())
    assert why("", NOW) == [NOTHING]


@pytest.mark.usefixtures("_ready_to_send")
def test_the_stop_comes_first_with_who_and_why() -> None:
    start_stop("a complaint", BY, NOW)
    first = why("", NOW)[0]
    assert first.startswith("The emergency stop is on since 2026-03-04 11:00Z (by ada)")
    assert "a complaint" in first


@pytest.mark.usefixtures("_ready_to_send")
@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"daily_limit": 0}, ("reached its limit", "0 of 0", "daily limit")),
        (
            {"daily_limit": 40, "warmup_enabled": True, "warmup_start_date": date(2026, 3, 9)},
            ("begins its warm-up on 2026-03-09",),
        ),
        ({"window_days": "5,6"}, ("window is closed", "2026-03-07 09:00Z")),
    ],
)
def test_an_inbox_that_may_not_write_says_why(
    columns: dict[str, object], words: tuple[str, ...]
) -> None:
    box = inbox()
    type(box).objects.update(**columns)
    enrollment(prospect())
    assert said("", *words)


@pytest.mark.usefixtures("_ready_to_send")
def test_a_pause_is_told_with_its_reason_and_end() -> None:
    pause(inbox().pk, cause="manual", reason="a new password", until=NOW + DAY, by=BY, now=NOW)
    enrollment(prospect())
    assert said("", "paused until 2026-03-05 11:00Z", "a new password")


@pytest.mark.usefixtures("_ready_to_send")
def test_the_next_due_step_is_named_when_none_is_due() -> None:
    enrollment(prospect(), next_due_at=NOW + 2 * DAY)
    enrollment(prospect(tier=Tier.HOT), rank=0, next_due_at=NOW + DAY)
    assert said("", "the next one is due at 2026-03-05 11:00Z")


@pytest.mark.usefixtures("_ready_to_send")
@pytest.mark.parametrize(
    ("stage", "columns", "words"),
    [
        (Stage.READY, {}, "none of them is in a campaign"),
        (Stage.ENRICHED, {}, "still being verified"),
        (Stage.NEW, {"address": "", "address_key": ""}, "no e-mail address yet"),
        (Stage.CONTACTED, {}, "No prospect is left"),
    ],
)
def test_with_nobody_to_write_to_it_says_where_they_stand(
    stage: Stage, columns: dict[str, str], words: str
) -> None:
    campaign()
    Prospect.objects.filter(pk=prospect(stage).pk).update(**columns)
    assert said("", words)


@pytest.mark.usefixtures("_ready_to_send")
def test_a_failing_or_late_send_job_is_told() -> None:
    enrollment(prospect())
    Job.objects.create(
        name="send-emails", every_s=60, next_run_at=NOW, last_error="boom", last_run_at=NOW - HOUR
    )
    assert said("", "The last send cycle failed: boom", "began at 2026-03-04 10:00Z")


@pytest.mark.usefixtures("_ready_to_send")
def test_a_prospect_in_the_way_of_nothing() -> None:
    enrollment(prospect(address="ada@customer.example"))
    assert why("ada@customer.example", NOW) == [NOTHING]
    assert why(" Ada@Customer.Example ", NOW) == [NOTHING]


@pytest.mark.usefixtures("_ready_to_send")
def test_a_prospects_own_reasons() -> None:
    who = prospect(Stage.ENGAGED, "ada@customer.example", replied_at=NOW - HOUR)
    assert said("ada@customer.example", "engaged", "a person has taken over", "replied at")
    assert said(who.public_id, "engaged")


@pytest.mark.usefixtures("_ready_to_send")
def test_a_suppressed_address_names_cause_and_evidence() -> None:
    prospect(Stage.SUPPRESSED, "ada@customer.example")
    Suppression.objects.create(
        scope="domain",
        key="customer.example",
        cause=SuppressionCause.OPT_OUT,
        evidence="their letter of 2 March",
        created_by="ada",
        created_at=NOW - DAY,
    )
    assert said("ada@customer.example", "customer.example is suppressed", "opt out", "2 March")


@pytest.mark.usefixtures("_ready_to_send")
def test_an_unverified_prospect_shows_what_dns_said() -> None:
    prospect(
        Stage.ENRICHED,
        "ada@customer.example",
        verification="unavailable",
        verification_detail="DNS timed out",
    )
    assert said("ada@customer.example", "verified first", "DNS timed out")


@pytest.mark.usefixtures("_ready_to_send")
def test_the_24_hours_after_a_letter_are_told() -> None:
    enrollment(prospect(Stage.CONTACTED, "ada@customer.example"))
    Contact.objects.create(address_key="ada@customer.example", last_data_at=NOW - HOUR)
    assert said("ada@customer.example", "written to at 2026-03-04 10:00Z", "2026-03-05 10:00Z")


@pytest.mark.usefixtures("_ready_to_send")
@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "stopped", "stop_reason": "they replied"}, "was stopped: they replied"),
        ({"state": "finished"}, "every step"),
        ({"next_due_at": NOW + DAY}, "Step 1 of 'spring' is due at 2026-03-05"),
        (
            {"refusal": "No inbox was free.", "next_due_at": NOW + HOUR},
            "put off: No inbox was free.",
        ),
    ],
)
def test_the_way_through_the_campaign_is_told(columns: dict[str, object], words: str) -> None:
    enrollment(prospect(address="ada@customer.example"), **columns)
    assert said("ada@customer.example", words)


@pytest.mark.usefixtures("_ready_to_send")
def test_a_paused_campaign_and_no_campaign_are_told() -> None:
    who = prospect(address="ada@customer.example")
    assert said(who.address, "in no campaign")
    enrollment(who)
    Campaign.objects.update(state="paused")
    assert said(who.address, "'spring' is paused")


@pytest.mark.usefixtures("_ready_to_send")
def test_a_letter_tells_its_own_story() -> None:
    waiting = letter(EmailState.RETRY, due_at=NOW + DAY, reason="452 mailbox full")
    assert said(waiting.public_id, "waits for another try, due 2026-03-05", "452 mailbox full")
    unknown = letter(EmailState.UNKNOWN, reason="The worker died.")
    assert said(unknown.public_id, "emails resolve", "The worker died.")
    assert why(sent().public_id, NOW)[0].endswith("was sent, at 2026-03-04 11:00Z.")


def test_a_stranger_and_a_misspelt_id() -> None:
    assert said("nobody@customer.example", "No prospect has the address")
    with pytest.raises(NotFoundError, match="no letter has the id 'abc'"):
        why("abc", NOW + timedelta(0))
