"""Remembered answers: one conditional INSERT decides who carries out a call with a given key."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.models import RememberedAnswer


def claim_answer(
    caller: str, key: str, fingerprint: str, now: datetime
) -> tuple[bool, RememberedAnswer]:
    """Take a key for a call; (False, the row that holds it) when it is taken already."""
    with transaction.atomic():
        row, mine = RememberedAnswer.objects.get_or_create(
            caller=caller, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
        )
    return mine, row


def keep_answer(row_id: int, status: int, body: str) -> None:
    """Remember the answer of the call that took the key."""
    RememberedAnswer.objects.filter(pk=row_id).update(status=status, body=body)


def forget_answer(row_id: int) -> None:
    """Free a key whose call changed nothing."""
    RememberedAnswer.objects.filter(pk=row_id, status=None).delete()
