"""A list that forbids somebody who is known already ends what is under way to them."""

from pathlib import Path

import pytest

from marketing_agent.campaigns.lifting import lift
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.cli.main import run
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.workers import clock
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
LIST = "email,company,city,do_not_contact\nanna@anna.example,Anna,Ulm,yes\nbert@bert.example,,,no\n"


@pytest.fixture
def waiting(room: MailRoom) -> MailRoom:
    """Two prospects whose first letters wait in the outbox."""
    room.inbox()
    room.campaign()
    room.people("anna", "bert")
    assert len(room.plan()) == 2
    return room


def standing(name: str) -> tuple[str, str, str]:
    key = f"{name}@{name}.example"
    return (
        Prospect.objects.get(address_key=key).stage,
        Enrollment.objects.get(prospect__address_key=key).state,
        Email.objects.get(address_key=key).state,
    )


def test_a_ban_in_a_list_stops_the_sequence_and_cancels_the_waiting_letter(
    waiting: MailRoom, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    assert run(["prospects", "import", str(path)]) == 0
    assert standing("anna") == (Stage.SUPPRESSED, "stopped", EmailState.CANCELLED)
    assert standing("bert") == (Stage.READY, "waiting", EmailState.PLANNED)
    assert waiting.cycle().outcomes == {"sent": 1}


def test_a_dry_run_stops_nothing(waiting: MailRoom, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    assert run(["prospects", "import", str(path), "--dry-run"]) == 0
    assert standing("anna") == (Stage.READY, "waiting", EmailState.PLANNED)
    assert waiting.cycle().outcomes == {"sent": 2}


def test_the_sequence_goes_on_once_the_ban_is_lifted(waiting: MailRoom, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    run(["prospects", "import", str(path)])
    lift("anna@anna.example", "asked us to write", BY, waiting.clock.now())
    assert waiting.cycle().outcomes == {"sent": 2}


def test_a_letter_that_somebody_known_got_elsewhere_counts_for_the_24_hours(
    waiting: MailRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", waiting.clock.now)
    path = tmp_path / "list.csv"
    path.write_text("email,already_contacted_at\nanna@anna.example,2026-03-02T08:00:00Z\n")
    assert run(["prospects", "import", str(path)]) == 0
    assert Prospect.objects.get(company="anna").already_contacted_at is not None
    assert waiting.cycle().outcomes == {"sent": 1}
    letter = waiting.letter("anna")
    assert (letter.state, letter.reason_code) == (EmailState.PLANNED, "too_soon")
