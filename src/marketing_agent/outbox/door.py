"""The door: everything is asked again and the attempt is written, in one transaction, before DATA.

A group of letters passes together, so that one commit to disk serves all connections that wait.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from marketing_agent.engine.door import Refusal, refuse
from marketing_agent.inboxes.locking import lock
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.actions import passage
from marketing_agent.outbox.actions.contacts import take_contacts
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.scene import Scene, scene_of
from marketing_agent.outbox.tickets import Ticket
from marketing_agent.store import mark

_SOON = timedelta(minutes=1)
_log = structlog.get_logger(__name__)

_MAY_HAVE_CHANGED = (
    "state",
    "lease_owner",
    "prospect__address_key",
    "prospect__stage",
    "prospect__tier",
    "prospect__replied_at",
    "campaign__state",
)


def admit(tickets: Sequence[Ticket], now: datetime) -> None:
    """Let letters through or refuse them: sets `attempt_id`, or `refusal`, or `lost` on each ticket.

    The attempts' ids are set only once they are on disk.
    """
    with transaction.atomic():
        inboxes = lock({ticket.email.inbox_id for ticket in tickets})
        _read_again(tickets, inboxes)
        scene = scene_of([ticket.email for ticket in tickets if not ticket.lost], now)
        passing = [each for each in tickets if not each.lost and _may_pass(each, scene, now)]
        passing = take_contacts(passing, now)
        attempts = passage.open_attempts(passing, now)
    for ticket, attempt in zip(passing, attempts, strict=True):
        ticket.attempt_id = attempt.pk
    _remember(passing, now)


def _remember(tickets: Sequence[Ticket], now: datetime) -> None:
    """Let the home know how far the numbers of tries have come; where it cannot, no DATA may begin.

    Only once they are committed: a mark above the store's numbers would mean that it has gone back.
    """
    try:
        mark.rise(max((each.attempt_id or 0 for each in tickets), default=0))
    except OSError as error:
        sentence = f"The mark beside the store cannot be written, so nothing may leave: {error}"
        _log.error("the mark beside the store cannot be written", error=str(error))
        for ticket in tickets:
            ticket.refusal = Refusal("mark_unwritable", sentence, next_try=now + _SOON)


def _read_again(tickets: Sequence[Ticket], inboxes: Mapping[int, Inbox]) -> None:
    """Put inbox, prospect and campaign as they are now on letters; a lease that is gone means hands off.

    The rest of a letter is as it was claimed: under a lease nobody else writes it.
    """
    rows = Email.objects.select_related("prospect", "campaign").only(*_MAY_HAVE_CHANGED)
    found = rows.in_bulk([ticket.email.pk for ticket in tickets])
    for ticket in tickets:
        fresh = found.get(ticket.email.pk)
        ticket.lost = fresh is None or not _is_ours(ticket.email, fresh)
        if fresh is not None:
            ticket.email.prospect = fresh.prospect
            ticket.email.campaign = fresh.campaign
            ticket.email.inbox = inboxes[ticket.email.inbox_id]


def _is_ours(claimed: Email, fresh: Email) -> bool:
    return fresh.state == "claimed" and fresh.lease_owner == claimed.lease_owner


def _may_pass(ticket: Ticket, scene: Scene, now: datetime) -> bool:
    email = ticket.email
    to = scene.addressee(email.prospect, email.kind, email.address_key, email.campaign)
    ticket.read_at = scene.stop.at
    sender = scene.sender(email.inbox_id, email.provider)
    ticket.refusal = refuse(
        to, sender, scene.stop.reason, now, review=scene.review(email.created_at)
    )
    if ticket.refusal is None:
        scene.take(email.inbox_id)
    return ticket.refusal is None
