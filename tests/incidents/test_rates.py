"""Rates of small samples that cried wolf."""

from random import Random

from marketing_agent.engine.thresholds import Flag, flag_rate

INBOXES, DAYS, A_DAY, WINDOW = 20, 90, 10, 28
TRUE_RATE = 0.01


def windows(chance: Random) -> list[tuple[int, int]]:
    """Live the days of one healthy inbox; gives bounces and letters of each day's last 28 days."""
    bounces = [sum(chance.random() < TRUE_RATE for _ in range(A_DAY)) for _ in range(DAYS)]
    spans = [bounces[max(0, day - WINDOW) : day] for day in range(1, DAYS + 1)]
    return [(sum(span), len(span) * A_DAY) for span in spans]


def test_chance_alone_pauses_no_healthy_inbox_by_its_rate() -> None:
    chance = Random(1)  # noqa: S311  made-up bounces, no secret
    seen = [each for _ in range(INBOXES) for each in windows(chance)]
    enough = [(bounces, letters) for bounces, letters in seen if letters >= 20]
    assert any(bounces / letters > 0.05 for bounces, letters in enough)  # the plain rule pauses
    assert all(flag_rate("bounce_rate", *each) is not Flag.CRITICAL for each in enough)
