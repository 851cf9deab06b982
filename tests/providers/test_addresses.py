"""Only public addresses are reached, and this machine where the URL says so."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.providers.addresses import check_url, is_this_machine, may_connect

PRIVATE = (
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
    "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.251", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
    "2002:c0a8:101::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_in_every_form(address: str) -> None:
    assert not may_connect(address, to_ourselves=False)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_reached(address: str) -> None:
    assert may_connect(address, to_ourselves=False)
    assert not may_connect(address, to_ourselves=True)


@given(st.ip_addresses())
def test_any_address_is_judged_and_loopback_is_never_public(address: object) -> None:
    found = ip_address(str(address))
    assert not (found.is_private and may_connect(found, to_ourselves=False))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "::1"])
def test_this_machine_is_named_in_so_many_words(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "127.0.0.1.example.com", "example.com"])
def test_other_names_are_not_this_machine(host: str) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize(
    "url",
    ["https://api.x.ai/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1"],
)
def test_an_address_for_a_key(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "such as"),
        ("api.x.ai/v1", "such as"),
        ("https://", "such as"),
        ("http://api.x.ai/v1", "https"),
        ("http://127.0.0.1.example.com/v1", "https"),
        ("https://a:b@api.x.ai/v1", "secret"),
        ("https://192.168.0.7/v1", "private"),
        ("https://[fe80::1]/v1", "private"),
    ],
)
def test_no_address_for_a_key(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_url(url)
