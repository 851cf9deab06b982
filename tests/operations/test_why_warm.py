"""When health lets letters go to warm leads alone, and none of them is left, `why` says so."""

import pytest

from marketing_agent.engine.values import EmailState, Tier
from marketing_agent.inboxes.models import HealthReading
from marketing_agent.operations.why import why
from operations.world import DAY, HOUR, NOW, enrollment, inbox, letter, prospect

pytestmark = pytest.mark.django_db
NONE_LEFT = "warm leads only, because of their health, and none is left"


@pytest.fixture(autouse=True)
def _fair_health() -> None:
    HealthReading.objects.create(inbox=inbox(), day=NOW.date(), band="fair", score=70, at=NOW - DAY)


def says_so() -> bool:
    return NONE_LEFT in "\n".join(why("", NOW))


def test_cold_steps_are_due_and_no_warm_one() -> None:
    enrollment(prospect())
    assert says_so()


def test_cold_letters_wait_in_the_outbox_and_no_step_is_due() -> None:
    enrollment(prospect(), state="waiting")
    letter(EmailState.PLANNED, due_at=NOW + DAY, rank=2)
    assert says_so()


def test_a_warm_step_that_is_due_is_a_lead_left() -> None:
    enrollment(prospect(tier=Tier.WARM), tier=Tier.WARM, rank=1)
    assert not says_so()


def test_a_warm_letter_that_is_due_is_a_lead_left() -> None:
    enrollment(prospect())
    letter(EmailState.PLANNED, due_at=NOW - HOUR, rank=1)
    assert not says_so()


def test_letters_that_wait_are_told_before_anybody_is_called_done() -> None:
    enrollment(prospect(), state="waiting")
    letter(EmailState.RETRY, due_at=NOW + DAY)
    text = "\n".join(why("", NOW))
    assert "Letters wait in the outbox; the next one may leave at 2026-03-05 11:00Z." in text
    assert "No prospect is left" not in text
