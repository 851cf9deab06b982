import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.mail.address import AddressError, normalise, provider_of


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("Jane@Client.Example", "jane@client.example"),
        ("  jane@client.example\u00a0", "jane@client.example"),
        ("mailto:jane@client.example?subject=Hi", "jane@client.example"),
        ('"Doe, Jane" <jane@client.example>', "jane@client.example"),
        ("<jane@client.example>", "jane@client.example"),
        ("ja\u200bne@client.example", "jane@client.example"),
        ("jane+news@client.example", "jane+news@client.example"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@BÜCHER.example", "jane@xn--bcher-kva.example"),
        ("jürgen@client.example", "jürgen@client.example"),
    ],
)
def test_one_mailbox_has_one_key(raw: str, key: str) -> None:
    assert normalise(raw).key == key


def test_the_local_part_is_sent_as_it_was_written() -> None:
    address = normalise("Jane Doe <Jane.Doe@Bücher.Example>")
    assert address.display == "Jane Doe"
    assert address.envelope == "Jane.Doe@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "empty"),
        ("jane", "no @"),
        ("jane@client", "top-level"),
        ("jane@10.0.0.1", "top-level"),
        ("jane@@client.example", "not an address"),
        ("jane@client..example", "not an address"),
        ("jane doe@client.example", "not an address"),
        ("jane@client.example\r\nBcc: all@client.example", "line break"),
        ("jane@client.example\n", "line break"),
        ("jane\x00@client.example", "control"),
        ("j" * 2000 + "@client.example", "longer than"),
        ("a@b.example, c@d.example", "not an address"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(raw: str, says: str) -> None:
    with pytest.raises(AddressError, match=says):
        normalise(raw)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(raw: str) -> None:
    try:
        address = normalise(raw)
    except AddressError:
        return
    assert normalise(address.envelope).key == address.key
    assert not set("\r\n\0 <>") & set(address.envelope)


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("aspmx.l.google.com", "google"),
        ("gmail.com.", "google"),
        ("client-example.mail.protection.outlook.com", "microsoft"),
        ("hotmail.co.uk", "microsoft"),
        ("mta5.am0.yahoodns.net", "yahoo"),
        ("yahoo.de", "yahoo"),
        ("Mail.Client.Example", "mail.client.example"),
        ("notgoogle.com", "notgoogle.com"),
    ],
)
def test_providers_are_told_by_their_hosts(host: str, provider: str) -> None:
    assert provider_of(host) == provider
