"""One row by itself: what it means, and why it may not enter."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.values import Stage, Tier
from marketing_agent.prospects.cells import CellError, read_moment
from marketing_agent.prospects.drafts import Draft, DraftRefused, Policy, draft
from marketing_agent.prospects.errors import ImportFileError
from marketing_agent.prospects.headers import map_columns
from marketing_agent.prospects.identity import company_key
from prospects.files import NOW

POLICY = Policy(NOW)


def made(policy: Policy = POLICY, **values: str) -> Draft:
    return draft({"email": "anna.berg@hotel-adler.de"} | values, {}, policy)


def code(policy: Policy = POLICY, **values: str) -> str:
    with pytest.raises(DraftRefused) as refusal:
        made(policy, **values)
    assert refusal.value.sentence.endswith((".", "?"))
    return refusal.value.code


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-Mail", "email"),
        ("mail", "email"),
        ("E-Mail-Adresse", "email"),
        ("Hotel", "company"),
        ("FIRMA", "company"),
        ("Société", "company"),
        ("Ort", "city"),
        ("Vorname", "first_name"),
        ("first name", "first_name"),
        ("First_Name", "first_name"),
        ("URL", "website"),
        ("Tier", "tier"),
        ("do_not_contact", "do_not_contact"),
        ("already_contacted_at", "already_contacted_at"),
        ("Land", "country"),
    ],
)
def test_headers_are_understood(header: str, field: str) -> None:
    assert map_columns(["website", "email", header]).known.keys() >= {field}


def test_unknown_columns_are_kept_under_plain_names() -> None:
    columns = map_columns(["email", "Zahl der Zimmer", "zone", "Email"])
    assert columns.extra == {"zahl_der_zimmer": 1, "zone": 2, "email": 3}


def test_name_is_the_company_when_nothing_else_is() -> None:
    assert map_columns(["name", "city"]).known == {"company": 0, "city": 1}
    assert map_columns(["name", "company"]).known == {"company": 1}


@pytest.mark.parametrize(
    ("header", "word"),
    [(["a@b.de", "Berlin"], "first line"), (["x", "y"], "No column"), (["c"] * 201, "limit")],
)
def test_useless_headers_are_refused(header: list[str], word: str) -> None:
    with pytest.raises(ImportFileError, match=word):
        map_columns(header)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("info@hotel-adler.de", "role_address"),
        ("x@2x.png", "file_name"),
        ("%20anna@hotel-adler.de", "encoded"),
        ("anna@hotel", "no_top_level_domain"),
        ("anna@example.com", "test_domain"),
        ("anna", "not_an_address"),
        ("anna@hotel-adler.de\nBcc: eve@evil.de", "invalid_address"),
        ("a@hotel-adler.de; b@hotel-adler.de", "invalid_address"),
    ],
)
def test_bad_addresses_are_refused(address: str, expected: str) -> None:
    assert code(email=address) == expected


def test_the_policy_decides_on_roles_and_test_domains() -> None:
    assert made(Policy(NOW, allow_role=True), email="info@hotel-adler.de").address_key
    assert made(Policy(NOW, allow_test_domain=True), email="anna@example.com").address_key


def test_addresses_are_normalised() -> None:
    found = made(email=" <Anna.Berg@Hotel-Adler.DE>")
    assert found.address_key == "anna.berg@hotel-adler.de"
    assert made(email="anna@müller-hotel.de").address_key == "anna@xn--mller-hotel-thb.de"


def test_where_a_row_enters() -> None:
    assert made().stage is Stage.ENRICHED
    assert made(already_contacted_at="2026-01-31").stage is Stage.CONTACTED
    assert made(do_not_contact="x").stage is Stage.SUPPRESSED
    assert made(email="", company="Adler", city="Ulm").stage is Stage.NEW


@pytest.mark.parametrize(
    ("text", "tier"),
    [("", Tier.COLD), ("HOT", Tier.HOT), (" warm ", Tier.WARM), ("NULL", Tier.COLD)],
)
def test_tiers(text: str, tier: Tier) -> None:
    assert made(tier=text).tier is tier


@pytest.mark.parametrize("text", ["no", "0", "False", "nein", "", "-"])
def test_a_clear_no_allows_to_write(text: str) -> None:
    assert made(do_not_contact=text).ban == ""


@pytest.mark.parametrize("text", ["yes", "1", "x", "asked by phone to be left alone"])
def test_whatever_is_no_clear_no_forbids_it(text: str) -> None:
    assert made(do_not_contact=text).ban == text


def test_a_ban_on_a_refused_address_is_kept() -> None:
    with pytest.raises(DraftRefused) as refusal:
        made(email="info@hotel-adler.de", do_not_contact="yes")
    assert refusal.value.suppress == "info@hotel-adler.de"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"tier": "boiling"}, "invalid_tier"),
        ({"already_contacted_at": "yes"}, "invalid_date"),
        ({"already_contacted_at": "03/04/2025"}, "invalid_date"),
        ({"already_contacted_at": "2026-02-30"}, "invalid_date"),
        ({"already_contacted_at": "2027-01-01"}, "date_in_future"),
        ({"website": "javascript:alert(1)"}, "invalid_website"),
        ({"website": "http://[::1"}, "invalid_website"),
        ({"company": "x" * 301}, "too_long"),
        ({"first_name": "A\x00B"}, "control_character"),
        ({"first_name": "A\udcf6B"}, "undecodable"),
        ({"email": "", "company": "Adler"}, "not_identifiable"),
    ],
)
def test_bad_cells_are_refused(values: dict[str, str], expected: str) -> None:
    assert code(**values) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("31.1.2026", datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("1/31/2026", datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("31/01/2026", datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31 10:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-03-02", NOW),  # today: at the latest now
    ],
)
def test_dates(text: str, expected: datetime) -> None:
    assert read_moment(text, NOW) == expected


def test_the_next_minute_is_the_future() -> None:
    with pytest.raises(CellError, match="future"):
        read_moment((NOW + timedelta(minutes=1)).isoformat(), NOW)


def test_placeholders_and_line_breaks_do_not_get_into_letters() -> None:
    found = made(first_name="NULL", company="Hotel\r\n  Adler", last_name="Null")
    assert found.texts == {"first_name": "", "company": "Hotel Adler", "last_name": "Null"}


def test_a_company_is_the_same_without_accents_and_legal_form() -> None:
    assert company_key("Hôtel Ädler GmbH & Co. KG", "KÖLN") == company_key("hotel adler", "Köln ")
    assert company_key("Adler", "") == company_key("", "Ulm") == ""
    assert company_key("AG", "Ulm") == "ag|ulm"
