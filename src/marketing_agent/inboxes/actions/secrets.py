"""Putting secrets into the store and taking them out; values go in and are never shown."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.inboxes.actions.pauses import end_pauses
from marketing_agent.inboxes.cipher import CipherError, seal
from marketing_agent.inboxes.credentials import Credentials, CredentialsError, parse_credentials
from marketing_agent.inboxes.errors import SecretError, SecretTakenError
from marketing_agent.inboxes.models import ImapStatus, Pause, Secret
from marketing_agent.inboxes.secrets import INBOX_SECRET, SECRET_NAME, find_credentials
from marketing_agent.providers.messenger import is_channel
from marketing_agent.settings import settings

LONGEST = 10_000  # characters

CHANNELS = "NOTIFY_SALES"
"""The secret that names whom to tell of replies: Apprise URLs, one a line."""


def put_secret(name: str, value: str, by: Actor, now: datetime) -> None:
    """Keep `value` under `name`, encrypted; one of that name is replaced, in force at once.

    Raises:
        SecretError: for a name or value that cannot be used, or when there is no key yet.
        SecretTakenError: when another secret logs the same address in.
    """
    credentials = _checked(name, value.strip("\r\n"))
    try:
        sealed = seal(name, value.strip("\r\n"), settings().key_material())
    except CipherError as error:
        raise SecretError(str(error)) from None
    with transaction.atomic():
        Secret.objects.update_or_create(
            name=name, defaults={"ciphertext": sealed, "updated_at": now}
        )
        if credentials is not None:
            _try_again(credentials, by, now)
        audit(by, "secret.put", name, now=now)


@transaction.atomic
def delete_secret(name: str, by: Actor, now: datetime) -> bool:
    """Delete a secret from the store; says whether there was one."""
    deleted, _ = Secret.objects.filter(name=name).delete()
    if deleted:
        audit(by, "secret.delete", name, now=now)
    return bool(deleted)


def _checked(name: str, value: str) -> Credentials | None:
    if not SECRET_NAME.match(name):
        raise SecretError("A secret's name is made of A-Z, 0-9 and _, such as SMTP_INBOX_1.")
    if not value or len(value) > LONGEST:
        raise SecretError(f"A secret holds 1 to {LONGEST} characters, given on standard input.")
    if INBOX_SECRET.match(name):
        return _inbox_credentials(name, value)
    if name == CHANNELS:
        _check_channels(value)
        return None
    _refuse_credentials_under(name, value)
    return None


def _check_channels(value: str) -> None:
    """Say at once which line names no channel; the line itself is secret and is not repeated."""
    for number, url in enumerate(value.split(), start=1):
        if not is_channel(url):
            raise SecretError(
                f"Channel {number} of {CHANNELS} is no URL that Apprise knows. "
                "Examples: mailtos://user:password@example.com?to=me@example.com, slack://…, json://host/"
            )


def _refuse_credentials_under(name: str, value: str) -> None:
    """Tell a misspelt name at once: an inbox would look for its credentials in vain."""
    try:
        parse_credentials(value)
    except CredentialsError:
        return
    raise SecretError(
        f"These are an inbox's credentials, and nobody looks for them under {name}. "
        "Name the secret SMTP_INBOX_1, or with any other free number."
    )


def _inbox_credentials(name: str, value: str) -> Credentials:
    try:
        credentials = parse_credentials(value)
    except CredentialsError as error:
        raise SecretError(str(error)) from None
    found = find_credentials(credentials.address.key, name)
    if found is not None and found[0] != name:
        raise SecretTakenError(
            f"{credentials.address.envelope} is in the secret {found[0]} already; "
            "replace that one, or delete it first."
        )
    return credentials


def _try_again(credentials: Credentials, by: Actor, now: datetime) -> None:
    """Let new credentials be tried at once: what waited for a better password need not wait."""
    key = credentials.address.key
    refused = Pause.objects.active(now).filter(inbox__address_key=key, cause="account")
    end_pauses(refused.filter(evidence__phase="login"), by, now)
    ImapStatus.objects.filter(inbox__address_key=key).update(retry_at=None, failures=0)
