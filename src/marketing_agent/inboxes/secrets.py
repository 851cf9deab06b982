"""Reading secrets: the environment wins over the store, and nothing is remembered in between.

Every read asks again, so that a replaced secret works without a restart. Values appear in no repr,
message or log line.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from marketing_agent.inboxes.cipher import CipherError, unseal
from marketing_agent.inboxes.credentials import Credentials, CredentialsError, parse_credentials
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.models import Secret
from marketing_agent.settings import settings

__all__ = [
    "SecretEntry",
    "SecretError",
    "find_credentials",
    "find_secret",
    "list_secrets",
    "read_credentials",
    "read_secret",
    "secret_names",
]

INBOX_SECRET = re.compile(r"SMTP_INBOX_[0-9]{1,6}\Z")
PROVIDER_SECRET = re.compile(r"LLM_(?:GROK|FALLBACK)\Z")
SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """A secret as lists show it: never its value. `address` is the inbox it logs in, if any."""

    name: str
    source: str  # environment | store
    address: str
    problem: str
    updated_at: datetime | None


def read_secret(name: str) -> str:
    """Give a secret's value.

    Raises:
        SecretError: when there is none of that name, or it does not open with our key.
    """
    value = find_secret(name)
    if value is None:
        raise SecretError(f"There is no secret {name}; put it: marketing-agent secret put {name}")
    return value


def find_secret(name: str) -> str | None:
    """Give a secret's value, or None where there is none.

    Raises:
        SecretError: when it does not open with our key.
    """
    value = _from_environment(name)
    if value is not None:
        return value
    row = Secret.objects.filter(name=name).first()
    return None if row is None else _open(row)


def secret_names() -> tuple[str, ...]:
    """Give the names of all secrets, those of the environment that we know included, in order."""
    stored = set(Secret.objects.values_list("name", flat=True))
    return tuple(sorted(stored | set(_environment_names()), key=_order))


def list_secrets() -> tuple[SecretEntry, ...]:
    """Describe every secret without its value."""
    stored = dict(Secret.objects.values_list("name", "updated_at"))
    return tuple(_entry(name, stored) for name in secret_names())


def read_credentials(name: str) -> Credentials:
    """Give the credentials that a secret holds.

    Raises:
        SecretError: when it is missing or not in a format of credentials.
    """
    try:
        return parse_credentials(read_secret(name))
    except CredentialsError as error:
        raise SecretError(f"The secret {name} cannot be used: {error}") from None


def find_credentials(address_key: str, hint: str = "") -> tuple[str, Credentials] | None:
    """Find the secret that logs an address in, looking at the one called `hint` first.

    A secret that was replaced by another account's does not count: the address is the identity.
    """
    for name in _candidates(hint):
        credentials = _readable(name)
        if credentials is not None and credentials.address.key == address_key:
            return name, credentials
    return None


def _candidates(hint: str) -> Iterator[str]:
    if hint:
        yield hint
    yield from (name for name in secret_names() if INBOX_SECRET.match(name) and name != hint)


def _readable(name: str) -> Credentials | None:
    try:
        return read_credentials(name)
    except SecretError:
        return None


def _entry(name: str, stored: dict[str, datetime]) -> SecretEntry:
    source = "store" if _from_environment(name) is None else "environment"
    address, problem = _describe(name)
    return SecretEntry(name, source, address, problem, stored.get(name))


def _describe(name: str) -> tuple[str, str]:
    try:
        if INBOX_SECRET.match(name):
            return read_credentials(name).address.envelope, ""
        read_secret(name)
    except SecretError as error:
        return "", str(error)
    return "", ""


def _open(row: Secret) -> str:
    try:
        return unseal(row.name, bytes(row.ciphertext), settings().key_material())
    except CipherError as error:
        raise SecretError(str(error)) from None


def _from_environment(name: str) -> str | None:
    # The sandbox knows nothing of the user's accounts.
    if settings().sandbox or not SECRET_NAME.match(name):
        return None
    return os.environ.get(name) or None


def _environment_names() -> list[str]:
    if settings().sandbox:
        return []
    return [name for name in os.environ if INBOX_SECRET.match(name) or PROVIDER_SECRET.match(name)]


def _order(name: str) -> tuple[str, int]:
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if number.isascii() and number.isdigit() else (name, 0)
