"""Credentials in both printed formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.inboxes.credentials import (
    CredentialsError,
    Server,
    derive_imap,
    parse_credentials,
)

SHORT = "me@example.com|{}|smtp.host.com|465|Display Name"
LONG = SHORT + "|imap.other.com|143"

passwords = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.just("|"), min_size=1, max_size=30
)


@given(passwords)
def test_a_password_may_hold_anything(password: str) -> None:
    for form in (SHORT, LONG):
        found = parse_credentials(form.format(password))
        assert found.password == password
        assert (found.address.key, found.smtp) == ("me@example.com", Server("smtp.host.com", 465))
        assert found.display_name == "Display Name"


def test_the_long_form_names_the_imap_server() -> None:
    assert parse_credentials(LONG.format("x")).imap == Server("imap.other.com", 143)


@pytest.mark.parametrize("tail", ["|465|x|y|465|Name", "|smtp.a.com|465|b|smtp.host.com|587|Name"])
def test_a_password_that_looks_like_servers_stays_a_password(tail: str) -> None:
    found = parse_credentials(f"me@example.com|pass{tail}")
    assert found.smtp.port in {465, 587}
    assert found.password.startswith("pass|")


@pytest.mark.parametrize(
    ("smtp", "imap"),
    [
        ("smtp.host.com", "imap.host.com"),
        ("SMTP.Gmail.com", "imap.gmail.com"),
        ("smtp.office365.com", "outlook.office365.com"),
    ],
)
def test_the_short_form_derives_the_imap_host(smtp: str, imap: str) -> None:
    found = parse_credentials(f"me@example.com|x|{smtp}|465|Name").imap
    assert found == Server(imap, 993)


@pytest.mark.parametrize("smtp", ["relay.example.net", "127.0.0.1", "localhost", "smtp.net"])
def test_an_imap_host_is_not_guessed(smtp: str) -> None:
    assert derive_imap(smtp) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "me@example.com|hunter2|smtp.host.com|465",
        "hunter2|me@example.com|smtp.host.com|465|Name",
        "me@example.com||smtp.host.com|465|Name",
        "me@example.com|hunter2|smtp.host.com|99999|Name",
        "me@example.com|hunter2|smtp.host.com|0|Name",
        "me@example.com|hunter2|smtp host|465|Name",
        "me@example.com|hunter2||465|Name",
        "me@example.com|hunter2|smtp.host.com|465|Name|imap host|993",
    ],
)
def test_broken_credentials_are_refused_without_telling_them(text: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        parse_credentials(text)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_password_stays_out_of_the_repr() -> None:
    assert "hunter2" not in repr(parse_credentials(SHORT.format("hunter2")))
