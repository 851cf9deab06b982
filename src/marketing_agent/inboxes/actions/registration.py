"""Adding inboxes and changing their settings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.inboxes.credentials import Credentials
from marketing_agent.inboxes.details import clean, defaults, shown, window_of
from marketing_agent.inboxes.errors import InboxExistsError, NoSecretError
from marketing_agent.inboxes.lookup import get_inbox, key_of
from marketing_agent.inboxes.models import Inbox
from marketing_agent.inboxes.secrets import find_credentials


def add_inbox(address: str, *, by: Actor, now: datetime, **settings: object) -> tuple[Inbox, bool]:
    """Register an inbox; gives it and whether it is new. The same call again changes nothing.

    Args:
        address: in any spelling; its normal form is the identity.
        by: who adds it.
        now: UTC.
        settings: any of the names in `details`; the rest are defaults.

    Raises:
        BadValueError: for an address or setting that cannot be used.
        NoSecretError: when no secret holds the address' credentials.
        InboxExistsError: when it exists with other settings.
    """
    key, wanted = key_of(address), clean(settings)
    known = Inbox.objects.filter(address_key=key).first()
    if known is None:
        known = _create(key, address, wanted, by, now)
        if known is not None:
            return known, True
        known = Inbox.objects.get(address_key=key)
    _refuse_other(known, wanted)
    return known, False


def _create(
    key: str, address: str, wanted: dict[str, Any], by: Actor, now: datetime
) -> Inbox | None:
    """Write the row; None when somebody else wrote the same inbox first."""
    secret_name, credentials = _credentials(key, address)
    inbox = _new(secret_name, credentials, defaults(now) | wanted, now)
    window_of(inbox)
    try:
        with transaction.atomic():
            inbox.save(force_insert=True)
            audit(by, "inbox.add", inbox.address, after=shown(inbox), now=now)
    except IntegrityError:
        return None
    return inbox


def _credentials(key: str, address: str) -> tuple[str, Credentials]:
    found = find_credentials(key)
    if found is None:
        raise NoSecretError(
            f"No secret holds the credentials of {address}. Put them first: "
            "marketing-agent secret put SMTP_INBOX_1 (any free number)"
        )
    return found


def _new(
    secret_name: str, credentials: Credentials, values: dict[str, Any], now: datetime
) -> Inbox:
    return Inbox(
        address=credentials.address.envelope,
        address_key=credentials.address.key,
        secret_name=secret_name,
        created_at=now,
        updated_at=now,
        **{"display_name": credentials.display_name} | values,
    )


def _refuse_other(known: Inbox, wanted: Mapping[str, Any]) -> None:
    other = sorted(name for name, value in wanted.items() if getattr(known, name) != value)
    if other:
        raise InboxExistsError(
            f"The inbox {known.address} exists with another {other[0]}; "
            "change it with: POST /api/inboxes/update"
        )


@transaction.atomic
def update_inbox(address: str, changes: Mapping[str, object], by: Actor, now: datetime) -> Inbox:
    """Change an inbox's settings; values that it has already are no error.

    Raises:
        InboxNotFoundError: when there is no such inbox.
        BadValueError: for a setting that cannot be used.
    """
    inbox, values = get_inbox(address), clean(changes)
    before = shown(inbox)
    for name, value in values.items():
        setattr(inbox, name, value)
    window_of(inbox)
    inbox.updated_at = now
    inbox.save(update_fields=[*values, "updated_at"])
    after = shown(inbox)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        old = {name: before[name] for name in changed}
        new = {name: after[name] for name in changed}
        audit(by, "inbox.update", inbox.address, before=old, after=new, now=now)
    return inbox
