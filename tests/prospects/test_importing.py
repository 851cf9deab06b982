"""Importing a file: what enters, what does not, and that a second time changes nothing."""

import csv
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from marketing_agent.engine.values import Stage, Tier
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.models import Contact
from marketing_agent.prospects.actions import add_suppression
from marketing_agent.prospects.errors import ImportFileError
from marketing_agent.prospects.importing import BATCH, Progress
from marketing_agent.prospects.models import ImportRun, Prospect, StageChange, Suppression
from marketing_agent.settings import settings
from prospects.files import BY, HEADER, NOW, bring, codes, figures, many, write

pytestmark = pytest.mark.django_db


def test_rows_enter_with_their_fields(tmp_path: Path) -> None:
    text = (
        "Firma;Ort;E-Mail;Vorname;Tier;Zimmer\n"
        "Hotel Adler;Köln;Anna.Berg@Adler.DE;Anna;hot;40\n"
        "Hotel Löwe;Ulm;;;;\n"
    )
    assert figures(bring(write(tmp_path, text))) == (2, 2, 0, 0)
    anna = Prospect.objects.get(address_key="anna.berg@adler.de")
    assert (anna.company, anna.city, anna.first_name) == ("Hotel Adler", "Köln", "Anna")
    assert (anna.stage, anna.tier, anna.verification) == (Stage.ENRICHED, Tier.HOT, "unchecked")
    assert (anna.domain, anna.extra) == ("adler.de", {"zimmer": "40"})
    lion = Prospect.objects.get(company="Hotel Löwe")
    assert (lion.stage, lion.tier, lion.address) == (Stage.NEW, Tier.COLD, "")


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, many(BATCH + 10) + "\n,Hotel Löwe,Ulm\nx@y,,\n")
    assert figures(bring(path)) == (BATCH + 12, BATCH + 11, 0, 1)
    before = list(Prospect.objects.order_by("pk").values())
    second = bring(path, now=NOW + timedelta(days=1))
    assert figures(second) == (BATCH + 12, 0, BATCH + 11, 1)
    assert codes(second) == {
        "already_there": BATCH + 10,
        "same_company": 1,
        "no_top_level_domain": 1,
    }
    assert list(Prospect.objects.order_by("pk").values()) == before


def test_an_import_that_was_interrupted_is_completed_by_the_next(tmp_path: Path) -> None:
    path = write(tmp_path, many(3 * BATCH))

    def interrupt(at: Progress) -> None:
        if at.tally.rows == 2 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(path, progress=interrupt)
    assert Prospect.objects.count() == 2 * BATCH
    run = ImportRun.objects.get()
    assert (run.rows, run.imported, run.finished_at) == (2 * BATCH, 2 * BATCH, None)
    assert figures(bring(path)) == (3 * BATCH, BATCH, 2 * BATCH, 0)
    assert Prospect.objects.count() == 3 * BATCH


def test_duplicates_inside_a_file_name_the_first_line(tmp_path: Path) -> None:
    text = (
        "email,company,city\n"
        "anna@adler.de,Hotel Adler,Köln\n"
        "ANNA@ADLER.de,Other,Ulm\n"
        "bert@adler.de,HOTEL ADLER GmbH,köln\n"
        "carl@adler.de,Hotel Adler,\n"
    )
    result = bring(write(tmp_path, text))
    assert figures(result) == (4, 2, 2, 0)
    assert [(each.line, each.code) for each in result.examples] == [
        (3, "duplicate_in_file"),
        (4, "duplicate_in_file"),
    ]
    assert result.examples[0].sentence == "anna@adler.de stands on line 2 already."


def test_duplicates_across_batches_are_found_in_a_dry_run_too(tmp_path: Path) -> None:
    path = write(tmp_path, many(2 * BATCH) + "\nPERSON0@firm0.de,Z,Ulm\n")
    for dry_run in (True, False):
        result = bring(path, dry_run=dry_run)
        assert figures(result) == (2 * BATCH + 1, 2 * BATCH, 1, 0)
        assert codes(result) == {"duplicate_in_file": 1}


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\na@adler.de,,,,,yes,\nb@adler.de,,,,,,2026-03-02T11:00\n")
    before = sorted(settings().home.rglob("*"))
    result = bring(path, dry_run=True)
    assert figures(result) == (2, 2, 0, 0)
    assert result.tally.suppressed == 1
    for model in (Prospect, ImportRun, Suppression, Contact, StageChange):
        assert not model.objects.exists()
    assert sorted(settings().home.rglob("*")) == before


def test_the_report_names_line_address_code_and_reason(tmp_path: Path) -> None:
    text = f'{HEADER}\ninfo@adler.de\n"broken" x\n=cmd@adler.de,,,,boiling\ngood@adler.de\n'
    result = bring(write(tmp_path, text))
    path = Path(result.report_path)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["line"], row["address"], row["code"]) for row in rows] == [
        ("2", "info@adler.de", "role_address"),
        ("3", "", "malformed_row"),
        ("4", "'=cmd@adler.de", "invalid_tier"),  # never a formula in a spreadsheet
    ]
    assert all(row["reason"].endswith(".") for row in rows)
    assert path.parent == settings().home / "reports"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    run = ImportRun.objects.get()
    assert (run.report_path, run.refused, run.reasons["role_address"]) == (str(path), 3, 1)
    assert run.finished_at is not None


def test_suppressed_addresses_and_domains_stay_out(tmp_path: Path) -> None:
    add_suppression("address", "anna@adler.de", "opt_out", "a reply", BY, NOW)
    add_suppression("domain", "loewe.de", "manual", "", BY, NOW)
    text = "email\nAnna@adler.de\nx@loewe.de\ny@mail.loewe.de\nz@notloewe.de\n"
    result = bring(write(tmp_path, text))
    assert codes(result) == {"suppressed": 3}
    assert Prospect.objects.get().address == "z@notloewe.de"


def test_role_addresses_enter_when_the_switch_allows_them(tmp_path: Path) -> None:
    path = write(tmp_path, "email\ninfo@adler.de\n")
    assert codes(bring(path)) == {"role_address": 1}
    set_switch("role_addresses_allowed", True, BY, NOW)
    assert figures(bring(path)) == (1, 1, 0, 0)


def test_test_domains_enter_in_the_sandbox_only(tmp_path: Path) -> None:
    path = write(tmp_path, "email\nanna@hotel.example\n")
    assert codes(bring(path)) == {"test_domain": 1}
    assert figures(bring(path, allow_test_domains=True)) == (1, 1, 0, 0)


def test_earlier_letters_are_remembered(tmp_path: Path) -> None:
    text = f"{HEADER}\nold@a.de,,,,,,2026-01-31\nnew@a.de,,,,,,2026-03-02T11:00Z\n"
    bring(write(tmp_path, text))
    old, new = Prospect.objects.order_by("pk")
    assert (old.stage, new.stage) == (Stage.CONTACTED, Stage.CONTACTED)
    assert new.already_contacted_at == NOW - timedelta(hours=1)
    contact = Contact.objects.get()  # the 24 h rule
    assert (contact.address_key, contact.last_data_at) == ("new@a.de", NOW - timedelta(hours=1))


def test_an_older_letter_never_shortens_the_24_hours(tmp_path: Path) -> None:
    for address, at in (("early@a.de", NOW - timedelta(hours=3)), ("late@a.de", NOW)):
        Contact.objects.create(address_key=address, last_data_at=at)
    at = "2026-03-02T11:00Z"
    bring(write(tmp_path, f"{HEADER}\nearly@a.de,,,,,,{at}\nlate@a.de,,,,,,{at}\n"))
    found = dict(Contact.objects.values_list("address_key", "last_data_at"))
    assert found == {"early@a.de": NOW - timedelta(hours=1), "late@a.de": NOW}


def test_bans_are_honoured_for_new_known_and_refused_addresses(tmp_path: Path) -> None:
    bring(write(tmp_path, "email\nknown@adler.de\n"))
    bans = "new@adler.de,yes\nKnown@adler.de,asked by phone\ninfo@adler.de,x\nfree@adler.de,no\n"
    path = write(tmp_path, f"email,do_not_contact\n{bans}")
    result = bring(path)
    assert figures(result) == (4, 2, 1, 1)
    assert result.tally.suppressed == 3
    stages = dict(Prospect.objects.values_list("address_key", "stage"))
    assert stages == {
        "known@adler.de": Stage.SUPPRESSED,
        "new@adler.de": Stage.SUPPRESSED,
        "free@adler.de": Stage.ENRICHED,
    }
    row = Suppression.objects.get(key="new@adler.de")
    assert (row.scope, row.cause, row.created_by) == ("address", "do_not_contact", "anna")
    again = bring(path)
    assert (again.tally.imported, again.tally.suppressed) == (0, 0)


def test_an_unusable_file_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError):
        bring(write(tmp_path, "x,y\n1,2\n"))
    assert not ImportRun.objects.exists()


def test_the_rows_always_add_up(tmp_path: Path) -> None:
    text = many(50) + '\n"open\n,,\ninfo@a.de\n' + many(50)
    tally = bring(write(tmp_path, text)).tally
    assert tally.rows == tally.imported + tally.duplicates + tally.refused
    assert tally.reasons.total() == tally.duplicates + tally.refused
    assert tally.imported == Prospect.objects.count() == 50
