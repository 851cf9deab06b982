"""Going on gradually after a stop: a record of who wanted it, how far it is, and why it waits."""

from datetime import datetime

from django.db import IntegrityError, transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor, job_actor
from marketing_agent.engine.ramp import cap_of
from marketing_agent.operations.config import CAP_KEY, read
from marketing_agent.operations.models import Resumption, Switch

BY = job_actor("resume-gradually")


@transaction.atomic
def begin_resumption(by: Actor, now: datetime) -> Resumption:
    """Let out one letter a run from here on; what was usual before is remembered.

    Of two who want it at the same moment the slower one joins the other.
    """
    usual = end_resumption("begun anew", now)
    try:
        with transaction.atomic():
            resumption = Resumption.objects.create(
                usual=usual, started_by=by.name, started_at=now, step_since=now
            )
    except IntegrityError:  # `resumption_one_open`
        other = current_resumption()
        if other is None:
            raise
        return other
    _set_cap(cap_of(0), by, now)
    return resumption


@transaction.atomic
def step_up(resumption: Resumption, now: datetime) -> int | None:
    """Take the next step; after the last one the usual cap is back. Gives the cap, None for none."""
    step = resumption.step + 1
    still = Resumption.objects.filter(pk=resumption.pk, step=resumption.step, ended_at=None)
    if cap_of(step) is None:
        end_resumption("all steps are done", now)
    elif still.update(step=step, step_since=now, waits=""):
        _set_cap(cap_of(step), BY, now)
    cap: int | None = read(CAP_KEY)
    return cap


def note_waiting(resumption: Resumption, sentence: str) -> None:
    """Keep why the next step is not taken yet."""
    Resumption.objects.filter(pk=resumption.pk, ended_at=None).update(waits=sentence[:500])


def end_resumption(why: str, now: datetime, *, keep_cap: bool = False) -> int | None:
    """End a gradual start, should one be under way, and give the cap that is usual.

    The usual cap is put back, unless `keep_cap` says that somebody has just set another.
    """
    resumption = current_resumption()
    if resumption is None:
        cap: int | None = read(CAP_KEY)
        return cap
    ended = Resumption.objects.filter(pk=resumption.pk, ended_at=None)
    if ended.update(ended_at=now, ended_why=why[:200]) and not keep_cap:
        _set_cap(resumption.usual, BY, now)
    return resumption.usual


def current_resumption() -> Resumption | None:
    """Give the gradual start that is under way, or None."""
    return Resumption.objects.filter(ended_at=None).first()


def _set_cap(cap: int | None, by: Actor, now: datetime) -> None:
    before = read(CAP_KEY)
    Switch.objects.update_or_create(
        key=CAP_KEY, defaults={"value": cap, "updated_by": by.name, "updated_at": now}
    )
    audit(by, "config.set", CAP_KEY, before={"value": before}, after={"value": cap}, now=now)
