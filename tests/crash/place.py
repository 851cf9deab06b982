"""Where a forked worker works: its home, its database, its mail servers, its time."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, an hour into the window
INBOXES = ("inbox1@example.com", "inbox2@example.com")
MORE_INBOXES = ("inbox3@example.com", "inbox4@example.com")
"""They are there in the scene in which one worker has four connections open."""

PASSWORD = "pw"


@dataclass(frozen=True, slots=True)
class Place:
    """One world."""

    home: str
    database: str  # a file for SQLite, a name for PostgreSQL
    ca_file: str
    smtp: int
    imap: int
    now: datetime = NOW
    mutant: str = ""  # a bug that is put into the product; see `mutants`
    speed: float = 0.0  # 0: the clock stands still; else how fast it runs since `origin`
    origin: float = 0.0  # on the machine's monotonic clock, the same in every process


class SharedClock:
    """A fast clock that tells the same time in every process of a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def now(self) -> datetime:
        """Give the place's time, UTC."""
        passed = (time.monotonic() - self._place.origin) * self._place.speed
        return self._place.now + timedelta(seconds=passed)


def enter(place: Place) -> None:
    """Make this process work there; before its first question to the database."""
    _set_environment(place)
    from django.conf import settings as django  # noqa: PLC0415  set up by whoever forks us

    from marketing_agent.settings import settings  # noqa: PLC0415  as above
    from marketing_agent.workers import clock  # noqa: PLC0415  as above

    settings.cache_clear()
    django.DATABASES["default"]["NAME"] = place.database
    from django.db import connections  # noqa: PLC0415  as above

    connections["default"].settings_dict["NAME"] = place.database
    clock.install(SharedClock(place) if place.speed else clock.SimulatedClock(place.now))


def _set_environment(place: Place) -> None:
    os.environ |= {
        "MARKETING_AGENT_HOME": place.home,
        "MARKETING_AGENT_SANDBOX": "1",
        "MARKETING_AGENT_KEY": "a key of the test",
        "MARKETING_AGENT_CA_FILE": place.ca_file,
        "MARKETING_AGENT_SMTP_STEP_S": "10",
        "MARKETING_AGENT_SMTP_FINAL_S": "10",
    }
