"""The link that leads a salesperson to one suggested answer, and to nothing else.

It is signed with the home's key and kept nowhere. Whoever opens it sees a page; only the page's button
approves, because mail scanners press links.
"""

from django.core import signing

from marketing_agent.inbound.models import Suggestion
from marketing_agent.settings import settings

_SALT = "marketing_agent.approve"


def link_to(suggestion: Suggestion) -> str:
    """Give the address of the page on which a suggestion is approved."""
    return f"{settings().base_url}/approve/{token_of(suggestion)}"


def token_of(suggestion: Suggestion) -> str:
    """Give the part of the link that proves who was told of it."""
    return _signer().sign(suggestion.public_id)


def suggestion_behind(token: str) -> Suggestion | None:
    """Give what a link leads to, open or not; None for a link that is not ours."""
    try:
        return find(_signer().unsign(token))
    except signing.BadSignature:
        return None


def find(public_id: str) -> Suggestion | None:
    """Give a suggestion with its mail, inbox, letter and prospect."""
    rows = Suggestion.objects.select_related(
        "item__inbox", "item__email", "item__prospect", "email"
    )
    return rows.filter(public_id=public_id).first()


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)
