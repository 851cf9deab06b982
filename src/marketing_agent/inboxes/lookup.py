"""Finding an inbox by the address that somebody typed."""

from marketing_agent.inboxes.errors import InboxNotFoundError
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.operations.errors import BadValueError


def key_of(address: str) -> str:
    """Give the identity of an address as typed.

    Raises:
        BadValueError: when it is none.
    """
    try:
        return normalise(address).key
    except AddressError as error:
        raise BadValueError(str(error)) from None


def get_inbox(address: str) -> Inbox:
    """Give the inbox of an address, however it is written.

    Raises:
        BadValueError: when the text is no address.
        InboxNotFoundError: when there is no such inbox.
    """
    inbox = Inbox.objects.filter(address_key=key_of(address)).first()
    if inbox is None:
        raise InboxNotFoundError(
            f"There is no inbox {address}. Add it: marketing-agent inboxes add {address}"
        )
    return inbox
