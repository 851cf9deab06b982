"""What is done to prospects: moves, edits, suppressions and their lifting."""

from datetime import timedelta

import pytest

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.values import Stage, SuppressionCause
from marketing_agent.outbox.models import Contact
from marketing_agent.prospects import actions
from marketing_agent.prospects.errors import ProspectNotFound, ProspectRefused
from marketing_agent.prospects.models import Prospect, StageChange, Suppression
from marketing_agent.prospects.suppression import is_suppressed, suppressed_among
from prospects.files import BY, NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def made(address: str = "anna@adler.de", stage: Stage = Stage.ENRICHED, **values: str) -> Prospect:
    row = actions.create({"email": address} | values, BY, NOW)
    Prospect.objects.filter(pk=row.pk).update(stage=stage)
    row.refresh_from_db()
    return row


def stage_of(row: Prospect) -> str:
    return Prospect.objects.get(pk=row.pk).stage


def test_creating_follows_the_rules_of_the_import() -> None:
    row = made(company="Adler", city="Ulm", tier="hot")
    assert (row.stage, row.tier, row.company_key) == ("enriched", "hot", "adler|ulm")
    assert AuditEntry.objects.get().subject == row.public_id
    for values, code in (
        ({"email": "ANNA@adler.de"}, "already_there"),
        ({"email": "b@b.de", "company": "ADLER", "city": "Ulm"}, "same_company"),
        ({"email": "info@b.de"}, "role_address"),
        ({"shoe_size": "40"}, "unknown_field"),
    ):
        with pytest.raises(ProspectRefused) as refusal:
            actions.create(values, BY, NOW)
        assert refusal.value.code == code
    assert Prospect.objects.count() == 1


def test_creating_with_a_ban_suppresses() -> None:
    row = made("b@adler.de", Stage.SUPPRESSED, do_not_contact="yes")
    assert row.stage == Stage.SUPPRESSED
    assert is_suppressed("b@adler.de")


def test_a_move_is_recorded_with_where_it_came_from() -> None:
    rows = [made("a@a.de", Stage.READY), made("b@a.de", Stage.WON), made("c@a.de", Stage.ENRICHED)]
    assert actions.move([row.pk for row in rows], Stage.CONTACTED, "a letter", LATER) == 2
    assert [stage_of(row) for row in rows] == ["contacted", "won", "contacted"]
    changes = StageChange.objects.order_by("prospect_id").values_list("before", "after", "at")
    assert list(changes) == [("ready", "contacted", LATER), ("enriched", "contacted", LATER)]


@pytest.mark.parametrize("stage", [Stage.WON, Stage.MEETING, Stage.BOUNCED, Stage.SUPPRESSED])
def test_a_reply_moves_nobody_backwards(stage: Stage) -> None:
    row = made(stage=stage)
    actions.mark_replied(row.pk, LATER)
    assert stage_of(row) == stage
    assert not StageChange.objects.exists()


def test_only_the_first_reply_is_remembered() -> None:
    row = made(stage=Stage.CONTACTED)
    actions.mark_replied(row.pk, LATER)
    actions.mark_replied(row.pk, LATER + timedelta(days=1))
    row.refresh_from_db()
    assert (row.stage, row.replied_at) == (Stage.ENGAGED, LATER)
    assert StageChange.objects.count() == 1


def test_a_person_moves_along_the_table_only() -> None:
    row = made(stage=Stage.ENGAGED)
    actions.edit(row.pk, {"stage": "won"}, BY, LATER)
    with pytest.raises(ProspectRefused, match="won cannot become ready"):
        actions.edit(row.pk, {"stage": "ready"}, BY, LATER)
    with pytest.raises(ProspectRefused, match="no stage"):
        actions.edit(row.pk, {"stage": "happy"}, BY, LATER)
    assert stage_of(row) == Stage.WON


def test_editing_keeps_before_and_after() -> None:
    row = made(company="Adler", city="Ulm")
    edited = actions.edit(row.pk, {"city": "Köln", "tier": "warm"}, BY, LATER)
    assert (edited.company_key, edited.tier, edited.updated_at) == ("adler|koln", "warm", LATER)
    entry = AuditEntry.objects.get(action="prospect.edit")
    assert (entry.before["city"], entry.after["city"]) == ("Ulm", "Köln")
    actions.edit(row.pk, {"city": "Köln"}, BY, LATER)
    assert AuditEntry.objects.filter(action="prospect.edit").count() == 1


def test_a_new_address_is_verified_first() -> None:
    row = made(stage=Stage.READY)
    Prospect.objects.filter(pk=row.pk).update(verification="valid", provider="google")
    edited = actions.edit(row.pk, {"email": "Bert@Loewe.de"}, BY, LATER)
    assert (edited.stage, edited.verification, edited.provider) == ("enriched", "unchecked", "")
    assert (edited.address_key, edited.domain) == ("bert@loewe.de", "loewe.de")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "b@b.de"}, "already_there"),
        ({"email": ""}, "address_required"),
        ({"email": "b@stop.de"}, "suppressed"),
        ({"email": "nonsense"}, "not_an_address"),
        ({"company": "Loewe", "city": "Ulm"}, "already_there"),
        ({"tier": "boiling"}, "invalid_tier"),
        ({"do_not_contact": "yes"}, "unknown_field"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(changes: dict[str, str], code: str) -> None:
    row = made()
    made("b@b.de", company="Loewe", city="Ulm")
    actions.add_suppression("domain", "stop.de", SuppressionCause.MANUAL, "", BY, NOW)
    before = Prospect.objects.filter(pk=row.pk).values().get()
    with pytest.raises(ProspectRefused) as refusal:
        actions.edit(row.pk, {"first_name": "X"} | changes, BY, LATER)
    assert refusal.value.code == code
    assert Prospect.objects.filter(pk=row.pk).values().get() == before


def test_archiving_and_skipping_twice_is_no_error() -> None:
    row = made()
    for _ in range(2):
        actions.skip_enrichment(row.pk, BY, NOW)
        actions.archive(row.pk, BY, NOW, "closed")
    assert stage_of(row) == Stage.ARCHIVED
    assert Prospect.objects.get(pk=row.pk).enrichment_skipped_at == NOW
    assert AuditEntry.objects.exclude(action="prospect.create").count() == 2
    assert actions.unskip_enrichment(row.pk, BY, LATER).enrichment_skipped_at is None


def test_nobody_is_not_found() -> None:
    for verb in (actions.skip_enrichment, actions.archive):
        with pytest.raises(ProspectNotFound):
            verb(4711, BY, NOW)


def test_suppressing_twice_keeps_the_first_record() -> None:
    row = made(stage=Stage.CONTACTED)
    first = actions.add_suppression(
        "address", " Anna@ADLER.de", SuppressionCause.OPT_OUT, "reply 1", BY, NOW
    )
    second = actions.add_suppression(
        "address", "anna@adler.de", SuppressionCause.MANUAL, "", BY, LATER
    )
    assert first == second
    assert (first.key, first.cause) == ("anna@adler.de", "opt_out")
    assert stage_of(row) == Stage.SUPPRESSED


def test_a_hard_bounce_makes_the_stage_bounced() -> None:
    row = made(stage=Stage.CONTACTED)
    actions.add_suppression("address", row.address, SuppressionCause.HARD_BOUNCE, "550", BY, NOW)
    assert stage_of(row) == Stage.BOUNCED


@pytest.mark.parametrize("key", ["not a domain", "a@b@c", "-.de"])
def test_nonsense_cannot_be_suppressed(key: str) -> None:
    scope = actions.suppressions.scope_of(key)
    with pytest.raises(ProspectRefused):
        actions.add_suppression(scope, key, SuppressionCause.MANUAL, "", BY, NOW)
    assert not Suppression.objects.exists()


def test_a_domain_covers_what_is_below_it_and_no_more() -> None:
    actions.add_suppression("domain", "@Adler.DE.", SuppressionCause.MANUAL, "", BY, NOW)
    found = suppressed_among(["a@adler.de", "b@mail.adler.de", "c@nadler.de", "d@de"])
    assert sorted(found) == ["a@adler.de", "b@mail.adler.de"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Stage.READY, Stage.READY),
        (Stage.ENRICHED, Stage.ENRICHED),
        (Stage.CONTACTED, Stage.CONTACTED),
        (Stage.ENGAGED, Stage.CONTACTED),
    ],
)
def test_lifting_leads_back(before: Stage, after: Stage) -> None:
    row = made(stage=before)
    actions.add_suppression("domain", "adler.de", SuppressionCause.MANUAL, "", BY, NOW)
    lifted = actions.lift_suppression("adler.de", "a mistake", BY, LATER)
    assert stage_of(row) == after
    assert (lifted.lifted_at, lifted.lifted_by, lifted.lift_reason) == (LATER, "anna", "a mistake")
    assert not is_suppressed("anna@adler.de")


def test_lifting_one_of_two_suppressions_frees_nobody() -> None:
    row = made(stage=Stage.READY)
    actions.add_suppression("domain", "adler.de", SuppressionCause.MANUAL, "", BY, NOW)
    actions.add_suppression("address", row.address, SuppressionCause.OPT_OUT, "", BY, NOW)
    actions.lift_suppression("adler.de", "a mistake", BY, LATER)
    assert stage_of(row) == Stage.SUPPRESSED


def test_lifting_needs_a_reason_and_a_suppression() -> None:
    with pytest.raises(ProspectRefused, match="reason"):
        actions.lift_suppression("adler.de", " ", BY, NOW)
    with pytest.raises(ProspectRefused, match="not suppressed"):
        actions.lift_suppression("adler.de", "why not", BY, NOW)


def test_a_lifted_address_can_be_suppressed_again() -> None:
    for day in range(3):
        at = NOW + timedelta(days=day)
        actions.add_suppression("domain", "adler.de", SuppressionCause.MANUAL, "", BY, at)
        actions.lift_suppression("adler.de", "a mistake", BY, at)
    assert Suppression.objects.count() == 3
    assert not Contact.objects.exists()
