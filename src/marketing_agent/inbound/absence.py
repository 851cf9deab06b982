"""Until when somebody is away: the reading of dates lies in engine/dates/."""

from marketing_agent.engine.dates import FARTHEST, UNSTATED, away_until, return_date

__all__ = ["FARTHEST", "UNSTATED", "away_until", "return_date"]
