"""Return dates in automatic answers."""

from datetime import date

import pytest

from marketing_agent.engine.dates import away_until, return_date

TODAY = date(2025, 3, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until 21 March 2025.", (3, 21)),
        ("Back on March 24th, 2025", (3, 24)),
        ("I return on April 1st.", (4, 1)),
        ("from 3 to 14 March", (3, 14)),
        ("Ich bin bis zum 28.03.2025 nicht im Haus.", (3, 28)),
        ("Ab dem 2. April bin ich wieder erreichbar.", (4, 2)),
        ("vom 10.03. bis 17.03. im Urlaub", (3, 17)),
        ("Je serai de retour le 1er avril.", (4, 1)),
        ("absent jusqu'au 25/03/2025", (3, 25)),
        ("Vuelvo el 7 de abril de 2025", (4, 7)),
        ("Torno il 18 marzo", (3, 18)),
        ("Tot en met 20 maart afwezig", (3, 20)),
        ("Volto no dia 5 de abril", (4, 5)),
        ("return: 2025-03-31", (3, 31)),
        ("back 3/25/25", (3, 25)),
    ],
)
def test_the_last_day_ahead_is_found(text: str, day: tuple[int, int]) -> None:
    assert return_date(text, TODAY) == date(2025, *day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am away.",
        "I was away until 3 March 2025.",
        "Call +49 30 12345.67",
        "We won the award of 1 December 2025",  # farther than 120 days
        "31.02.2025",
        "version 3.14.15",
        "9" * 10_000,
    ],
)
def test_what_is_no_day_ahead_is_none(text: str) -> None:
    assert return_date(text, TODAY) is None
    assert away_until(text, TODAY) == date(2025, 3, 19)


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert return_date("back on 5 January", date(2025, 12, 22)) == date(2026, 1, 5)
    assert return_date("back on 29 February", date(2025, 12, 22)) is None


def test_writing_begins_the_day_after() -> None:
    assert away_until("until 21 March", TODAY) == date(2025, 3, 22)
