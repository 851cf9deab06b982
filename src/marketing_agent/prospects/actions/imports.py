"""Writing an import: its run and its batches, each batch with the run's counters in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.prospects.actions.entering import honour_bans, insert, note_contacts
from marketing_agent.prospects.csv_rows import Refused
from marketing_agent.prospects.drafts import Draft
from marketing_agent.prospects.models import ImportRun
from marketing_agent.prospects.screen import ALREADY_THERE, refused_draft
from marketing_agent.prospects.tally import Tally


@dataclass(frozen=True, slots=True)
class Batch:
    """What one portion of the file comes to, before it is written."""

    entering: Sequence[Draft]
    refused: Sequence[Refused]
    contacted: Sequence[Draft] = ()  # known already, and written to elsewhere

    def bans(self) -> dict[str, str]:
        """Give the address keys that the portion forbids, with what the file says of each."""
        forbidden = {each.suppress: each.code for each in self.refused if each.suppress}
        return forbidden | {
            each.address_key: each.ban for each in self.entering if each.ban and each.address
        }


@transaction.atomic
def start_run(file_name: str, by: Actor, now: datetime) -> ImportRun:
    """Open the record of an import."""
    run = ImportRun.objects.create(
        file_name=file_name[:500], started_by=by.name[:200], started_at=now
    )
    audit(by, "prospects.import", run.public_id, after={"file": file_name[:300]}, now=now)
    return run


@transaction.atomic
def write_batch(
    run: ImportRun, batch: Batch, tally: Tally, by: Actor, now: datetime
) -> list[Refused]:
    """Write a portion and count it; gives its refusals, those of a lost race included.

    When this fails the import is over, so `tally` need not be wound back.
    """
    source = f"import {run.public_id} of {run.file_name}"
    entered, lost = insert(batch.entering, source, now)
    note_contacts(batch.contacted, now)
    refused = [*batch.refused, *(_overtaken(each) for each in lost)]
    tally.add(len(entered), refused, honour_bans(batch.bans(), source, by, now))
    _count(run, tally)
    return refused


def _overtaken(each: Draft) -> Refused:
    return refused_draft(each, ALREADY_THERE, "Somebody else entered it at the same moment.")


def _count(run: ImportRun, tally: Tally) -> None:
    ImportRun.objects.filter(pk=run.pk).update(
        rows=tally.rows,
        imported=tally.imported,
        duplicates=tally.duplicates,
        refused=tally.refused,
        reasons=dict(tally.reasons),
    )


def note_report(run: ImportRun, report_path: str) -> None:
    """Remember where the report of a run stands."""
    ImportRun.objects.filter(pk=run.pk).update(report_path=report_path)


def finish_run(run: ImportRun, finished_at: datetime) -> None:
    """Close the record: the whole file was read."""
    ImportRun.objects.filter(pk=run.pk).update(finished_at=finished_at)
