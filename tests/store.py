"""The throw-away world that a test run lives in: its home folder and its database."""

import atexit
import importlib.util
import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from servers.postgresql import running_postgresql

Kept = TypeVar("Kept")

STORES = ("sqlite", "postgresql")
SETTINGS = "marketing_agent.django_settings"
OWN_PREFIXES = ("MARKETING_AGENT_", "SMTP_INBOX_", "IMAP_INBOX_")
OWN_NAMES = ("CRM_DATABASE_URL", "LLM_GROK", "LLM_FALLBACK")


def is_worker() -> bool:
    """Tell whether this process is one of pytest-xdist's workers."""
    return "PYTEST_XDIST_WORKER" in os.environ


def prepare(store: str) -> None:
    """Give this process a home folder and a database, then set Django up.

    The process that the user started creates the PostgreSQL cluster; the workers of pytest-xdist
    inherit its address and make databases of their own in it (pytest-django adds a suffix).
    """
    _forget_the_developer()
    os.environ["MARKETING_AGENT_HOME"] = _throw_away_home()
    if not is_worker():
        os.environ.pop("DATABASE_URL", None)
        if store == "postgresql":
            os.environ["DATABASE_URL"] = _postgresql_url()
    _set_django_up()


def hide_settings_from_workers() -> None:
    """Let each worker of pytest-xdist choose its own home before it reads the settings."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.environ.pop("MARKETING_AGENT_HOME", None)


def store_in_use() -> str:
    """Return the store that `prepare` was told to use."""
    url = os.environ.get("DATABASE_URL", "")
    return "postgresql" if url.startswith("postgresql:") else "sqlite"


def _forget_the_developer() -> None:
    for name in list(os.environ):
        if name.startswith(OWN_PREFIXES) or name in OWN_NAMES:
            del os.environ[name]


def _throw_away_home() -> str:
    return _until_exit(tempfile.TemporaryDirectory(prefix="marketing-agent-home-"))


def _postgresql_url() -> str:
    return _until_exit(running_postgresql())


def _until_exit(context: AbstractContextManager[Kept]) -> Kept:
    """Enter `context` and leave it when this very process ends, not a forked child of it."""
    kept, owner = context.__enter__(), os.getpid()
    atexit.register(lambda: context.__exit__(None, None, None) if os.getpid() == owner else None)
    return kept


def _set_django_up() -> None:
    if importlib.util.find_spec(SETTINGS) is None:
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django  # noqa: PLC0415  only now are home and database known

    django.setup()
    _test_in_a_file()


def _test_in_a_file() -> None:
    """Have SQLite tests use a file as users do: WAL and locks differ in memory."""
    from django.conf import settings  # noqa: PLC0415  only now are home and database known

    for alias, database in settings.DATABASES.items():
        if database["ENGINE"].endswith("sqlite3"):
            name = Path(os.environ["MARKETING_AGENT_HOME"], f"test-{alias}.sqlite3")
            database.setdefault("TEST", {})["NAME"] = str(name)
