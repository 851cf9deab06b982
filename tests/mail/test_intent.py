"""From which day a mail's "next month" is counted: its Date header is its writer's word."""

from datetime import UTC, date, datetime

import pytest

from marketing_agent.mail.intent import intent_of
from marketing_agent.mail.parse import parse

CAME = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def until(written: str, words: str, received: datetime | None = CAME) -> date | None:
    """Give the day that an automatic answer names."""
    head = f"From: nina@hotel.example\nDate: {written}\nSubject: Out of office\n\n"
    return intent_of(parse((head + words).encode()), automatic=True, received=received).until


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Thu, 12 Mar 2026 10:00:00 +0100", date(2026, 3, 16)),
        ("Sun, 15 Mar 2026 10:00:00 +0000", date(2026, 3, 16)),
        ("Mon, 9 Mar 2026 10:00:00 +0000", date(2026, 3, 16)),
        ("12 Mar 7999 10:00:00 +0000", date(2026, 3, 16)),
        ("Fri, 31 Dec 9999 10:00:00 +0000", date(2026, 3, 16)),
        ("1 Jan 1971 10:00:00 +0000", date(2026, 3, 16)),
        ("yesterday", date(2026, 3, 16)),
    ],
)
def test_the_date_counts_within_three_days_of_receipt(written: str, day: date) -> None:
    assert until(written, "I am out of the office, back on Monday.") == day


def test_no_date_moves_a_return_out_of_reach() -> None:
    found = until("12 Mar 7999 10:00:00 +0000", "I am out of the office until 1 May 8000.")
    assert found is None or (found - CAME.date()).days <= 400


@pytest.mark.parametrize(
    "words",
    ["back on Monday", "back in three months", "back tomorrow", "back next year", "after Easter"],
)
@pytest.mark.parametrize("written", ["31 Dec 9999 10:00:00 +0000", "12 Mar 7999 10:00:00 +0000"])
def test_a_date_out_of_this_world_is_none_where_nothing_else_is_known(
    written: str, words: str
) -> None:
    assert until(written, f"I am out of the office, {words}.", received=None) is None


def test_a_stored_mail_counts_from_its_own_date() -> None:
    written = "Mon, 4 May 2020 10:00:00 +0000"
    assert until(written, "Back on 12 May.", received=None) == date(2020, 5, 12)
