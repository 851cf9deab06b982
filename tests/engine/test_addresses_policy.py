import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.addresses_policy import is_role, refuse_address


def code(address: str, *, role: bool = False, test: bool = False) -> str | None:
    refusal = refuse_address(address, allow_role=role, allow_test_domain=test)
    return refusal and refusal.code


@pytest.mark.parametrize(
    "address",
    [
        "anna.berg@hotel-berg.de",
        "anna+spring@hotel.fr",
        "hrvoje@firma.hr",
        "salesman@firma.com",
        "helga@firma.de",
        "inform@firma.de",
        "a.müller@münchen-hotel.de",
        "anna@xn--mnchen-3ya.de",
    ],
)
def test_persons_pass(address: str) -> None:
    assert code(address) is None


@pytest.mark.parametrize(
    "local",
    [
        "info",
        "INFO",
        "info.paris",
        "sales2",
        "no-reply",
        "noreply",
        "kontakt",
        "rezeption",
        "buchhaltung-2",
        "réception",
        "reservas",
        "contacto",
        "prenotazioni",
        "segreteria",
        "receptie",
        "recepcao",
        "biuro",
        "info+spring",
        "post",
        "hotel",
        "mailer-daemon",
    ],
)
def test_functions_are_refused_unless_allowed(local: str) -> None:
    assert code(f"{local}@firma.de") == "role_address"
    assert code(f"{local}@firma.de", role=True) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("x@2x.png", "file_name"),
        ("logo.png@firma.de", "file_name"),
        ("bundle@1.2.3.min.js", "file_name"),
        ("%20anna@firma.de", "encoded"),
        ("u003eanna@firma.de", "encoded"),
        ("anna@firma", "no_top_level_domain"),
        ("anna@firma.c0m", "no_top_level_domain"),
        ("anna@192.0.2.1", "no_top_level_domain"),
        ("anna", "not_an_address"),
        ("@firma.de", "not_an_address"),
        ("anna@", "not_an_address"),
        ("", "not_an_address"),
        ("0123456789abcdef0123456789abcdef@firma.de", "machine_made"),
    ],
)
def test_scraped_remains_are_refused_even_where_all_else_is_allowed(
    address: str, expected: str
) -> None:
    assert code(address, role=True, test=True) == expected


@pytest.mark.parametrize(
    "domain",
    ["example.com", "mail.example.org", "firma.test", "localhost", "a.invalid", "domain.com"],
)
def test_test_domains_pass_only_where_allowed(domain: str) -> None:
    assert code(f"anna@{domain}") == "test_domain"
    assert code(f"anna@{domain}", test=True) is None


def test_a_name_that_merely_ends_like_a_test_domain_is_real() -> None:
    assert code("anna@myexample.com") is None
    assert code("anna@contest.de") is None


@given(st.text(max_size=60), st.booleans(), st.booleans())
def test_any_text_has_an_answer(text: str, role: bool, test: bool) -> None:
    refusal = refuse_address(text, allow_role=role, allow_test_domain=test)
    assert refusal is None or (refusal.code and refusal.message)


@given(
    st.sampled_from(["info", "ventas", "empfang"]),
    st.integers(0, 999),
    st.sampled_from([".", "-", "_", ""]),
)
def test_a_role_stays_one_with_a_number_behind_it(name: str, number: int, separator: str) -> None:
    assert is_role(f"{name}{separator}{number}")
