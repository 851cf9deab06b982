"""Finding what a call names: by opaque id, by address."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from marketing_agent.api.problems import missing, unprocessable
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.prospects.models import Prospect

Row = TypeVar("Row", bound=Model)


def by_public_id(rows: QuerySet[Row], public_id: str, what: str) -> Row:
    """Give the row with this id.

    Raises:
        Problem: 404 when there is none.
    """
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise missing(f"{what} {public_id[:80]}")
    return row


def address_key(field: str, address: str) -> str:
    """Give the key under which an address is stored.

    Raises:
        Problem: 422 when it is no address.
    """
    try:
        return normalise(address).key
    except AddressError as error:
        raise unprocessable(field, str(error)) from None


def inbox_filter(address: str) -> Inbox:
    """Give the inbox that a list is filtered by.

    Raises:
        Problem: 422 when there is none: an empty list would look like good news.
    """
    row = Inbox.objects.filter(address_key=address_key("inbox", address)).first()
    if row is None:
        raise unprocessable("inbox", f"There is no inbox {address[:80]}.")
    return row


def prospect_filter(public_id: str) -> Prospect:
    """Give the prospect that a list is filtered by.

    Raises:
        Problem: 422 when there is none.
    """
    row = Prospect.objects.filter(public_id=public_id).first()
    if row is None:
        raise unprocessable("prospect", f"There is no prospect {public_id[:80]}.")
    return row
