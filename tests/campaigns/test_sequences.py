"""Prospects on their way through campaigns."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from campaigns.scenes import BY, NOW, STEPS, campaign, inbox, prospect
from marketing_agent.campaigns import actions
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.errors import CampaignConflict, CampaignNotFound, CampaignRefused
from marketing_agent.campaigns.lifting import lift
from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.values import Stage, SuppressionCause
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.actions import edit, mark_replied, move
from marketing_agent.prospects.models import Prospect

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def enrolled(*addresses: str) -> list[Prospect]:
    rows = [prospect(address) for address in addresses]
    actions.enroll_ready([row.pk for row in rows], NOW)
    return rows


def of(row: Prospect) -> Enrollment:
    return Enrollment.objects.get(prospect=row)


def letters(rows: Iterable[Prospect], step: int) -> list[Email]:
    return [Email(prospect_id=row.pk, campaign_id=of(row).campaign_id, step=step) for row in rows]


def test_only_the_ready_are_enrolled_and_once() -> None:
    campaign()
    rows = [prospect("a@a.de", tier="hot"), prospect("b@b.de", Stage.ENRICHED)]
    for _ in range(2):
        actions.enroll_ready([row.pk for row in rows], NOW)
    found = Enrollment.objects.get()
    assert (found.prospect_id, found.tier, found.rank) == (rows[0].pk, "hot", 0)
    assert (found.state, found.next_step, found.next_due_at) == ("active", 1, NOW)


def test_whoever_was_ready_before_the_campaign_is_not_forgotten() -> None:
    rows = enrolled("a@a.de", "b@b.de")
    assert not Enrollment.objects.exists()
    campaign()
    assert actions.enroll_after_change(LATER - timedelta(seconds=1)) == len(rows)
    assert actions.enroll_waiting(LATER) == 0


def test_a_second_campaign_takes_nobody_from_the_first() -> None:
    first = campaign()
    [row] = enrolled("a@a.de")
    second = campaign("Summer")
    [other] = enrolled("b@b.de")
    actions.enroll_waiting(LATER)
    assert of(row).campaign == first
    assert of(other).campaign == second


def test_nobody_enters_a_paused_campaign() -> None:
    campaign()
    actions.pause_campaign("Spring", BY, NOW)
    [row] = enrolled("a@a.de")
    assert not Enrollment.objects.exists()
    actions.resume_campaign("Spring", BY, NOW)
    actions.enroll_waiting(NOW)
    assert of(row).state == "active"


def test_a_sequence_goes_step_by_step_to_its_end() -> None:
    campaign()
    ours = inbox()
    [row] = enrolled("a@a.de")
    for step, days, state in ((1, 3, "active"), (2, 7, "active"), (3, None, "finished")):
        assert actions.await_outcome({of(row).pk: ours.pk}, NOW) == 1
        assert (of(row).state, of(row).inbox) == ("waiting", ours)
        for _ in range(2):  # told twice, moved once
            actions.advance_sent(letters([row], step), NOW)
        assert of(row).state == state
        if days:
            assert of(row).next_step == step + 1
            assert of(row).next_due_at == NOW + timedelta(days=days)


def test_a_refusal_is_kept_until_the_next_try() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    assert actions.postpone(of(row), "window_closed", "Closed.", LATER, NOW)
    found = of(row)
    assert (found.refusal_code, found.refusal, found.next_due_at) == (
        "window_closed",
        "Closed.",
        LATER,
    )
    actions.advance_sent(letters([row], 1), NOW)
    assert of(row).refusal == ""


def test_a_refusal_of_a_step_says_nothing_of_the_next_one() -> None:
    """A planner that was overtaken by plan and delivery must not move the follow-up's day."""
    campaign()
    [row] = enrolled("a@a.de")
    read = of(row)
    actions.advance_sent(letters([row], 1), NOW)
    day = of(row).next_due_at
    assert not actions.postpone(read, "not_yet", "No slot.", NOW, NOW)
    assert not actions.stop_enrollment(read, "It was written already.", NOW)
    assert (of(row).state, of(row).next_due_at) == ("active", day)


def test_a_stopped_sequence_is_not_moved_on() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    assert actions.stop_enrollments([row.pk], "a reply", NOW) == 1
    assert actions.stop_enrollments([row.pk], "again", NOW) == 0
    actions.advance_sent(letters([row], 1), NOW)
    assert not actions.postpone(of(row), "x", "x", LATER, NOW)
    assert (of(row).state, of(row).stop_reason, of(row).next_step) == ("stopped", "a reply", 1)


def test_colleagues_share_a_company_and_no_mail_provider() -> None:
    campaign()
    rows = enrolled("a@adler.de", "b@adler.de", "c@gmail.com", "d@gmail.com", "e@x.adler.de")
    assert actions.stop_domain("adler.de", "a colleague wrote", NOW) == 2
    assert actions.stop_domain("gmail.com", "a stranger wrote", NOW) == 0
    assert [of(row).state for row in rows] == ["stopped", "stopped", "active", "active", "active"]


def test_a_campaign_may_leave_colleagues_alone() -> None:
    campaign(colleagues=False)
    enrolled("a@adler.de")
    assert actions.stop_domain("adler.de", "a colleague wrote", NOW) == 0


def test_shortening_a_campaign_ends_the_sequences_beyond() -> None:
    campaign()
    [row, fresh] = enrolled("a@a.de", "b@b.de")
    actions.advance_sent(letters([row], 1), NOW)
    actions.save_campaign("Spring", STEPS[:1], BY, LATER)
    assert (of(row).state, of(fresh).state) == ("finished", "active")
    assert Campaign.objects.get().steps.count() == 1


def test_a_campaign_that_has_ended_stays_so() -> None:
    campaign()
    Campaign.objects.update(state="ended")
    with pytest.raises(CampaignConflict):
        campaign()
    with pytest.raises(CampaignConflict):
        actions.resume_campaign("Spring", BY, NOW)
    with pytest.raises(CampaignNotFound):
        actions.pause_campaign("Winter", BY, NOW)


def test_a_bad_campaign_changes_nothing() -> None:
    campaign()
    with pytest.raises(CampaignRefused):
        actions.save_campaign("Spring", [StepDraft("{{ oops }}", "S")], BY, NOW)
    assert Campaign.objects.get().steps.count() == len(STEPS)


def test_a_lifted_suppression_lets_the_sequence_go_on() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    suppress("address", "a@a.de", SuppressionCause.MANUAL, "", BY, NOW)
    assert of(row).state == "stopped"
    lift("a@a.de", "a mistake", BY, LATER)
    row.refresh_from_db()
    assert (row.stage, of(row).state, of(row).next_due_at) == (Stage.READY, "active", LATER)


def test_a_reply_before_the_suppression_keeps_the_sequence_ended() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    mark_replied(row.pk, NOW)
    suppress("address", "a@a.de", SuppressionCause.OPT_OUT, "", BY, NOW)
    lift("a@a.de", "asked us to write again", BY, LATER)
    assert of(row).state == "stopped"


def test_a_new_address_rests_until_it_is_verified() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    edit(row.pk, {"email": "b@b.de"}, BY, NOW)
    assert of(row).state == "stopped"
    move([row.pk], Stage.READY, "verified", LATER)
    actions.enroll_ready([row.pk], LATER)
    assert (of(row).state, of(row).next_step) == ("active", 1)


def test_nobody_gets_the_follow_up_of_a_letter_to_somebody_else() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    move([row.pk], Stage.CONTACTED, "a letter", NOW)
    edit(row.pk, {"email": "b@b.de"}, BY, NOW)
    actions.enroll_ready([row.pk], LATER)
    assert of(row).state == "stopped"


def test_a_new_tier_reaches_the_planner() -> None:
    campaign()
    [row] = enrolled("a@a.de")
    edit(row.pk, {"tier": "warm"}, BY, NOW)
    assert (of(row).tier, of(row).rank) == ("warm", 1)


def test_a_suppression_typed_in_capitals_ends_the_sequence_too() -> None:
    campaign()
    [row] = enrolled("a@adler.de")
    suppress("domain", "@Adler.DE", SuppressionCause.MANUAL, "", BY, NOW)
    assert of(row).state == "stopped"
