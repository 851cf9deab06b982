"""A throw-away installation: a home folder, an empty store and Django, gone when the run ends."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

CERTIFICATES = "certificates"
"""Folder of the home where a sink puts its throw-away authority; this process trusts it."""
STORES = ("sqlite", "postgresql")
TESTS = Path(__file__).resolve().parents[2] / "tests"
_OURS = ("MARKETING_AGENT_", "SMTP_INBOX_", "IMAP_INBOX_", "DATABASE_URL", "CRM_DATABASE_URL")
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def add_store_option(parser: ArgumentParser) -> None:
    """Let the person at the keyboard choose the store."""
    parser.add_argument("--store", choices=STORES, default="sqlite", help="store to measure")


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """Make a home for this process and its children, and forget the user's own settings."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="marketing-agent-bench-") as folder:
        os.environ["MARKETING_AGENT_HOME"] = folder
        os.environ["MARKETING_AGENT_KEY"] = "a key of the benchmark"
        os.environ["MARKETING_AGENT_SANDBOX"] = "1"
        os.environ["MARKETING_AGENT_CA_FILE"] = str(Path(folder, CERTIFICATES, "ca.pem"))
        yield Path(folder)


@contextmanager
def installation(store: str) -> Iterator[Path]:
    """Give the home of an installation whose tables are made and empty; Django is set up."""
    with ExitStack() as stack:
        home = stack.enter_context(throw_away_home())
        if store == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(_durable_postgresql())
        stack.callback(_close_connections)
        _make_tables()
        yield home


@contextmanager
def _durable_postgresql() -> Iterator[str]:
    """Run the tests' private cluster, but let every commit wait for the disk as in earnest."""
    sys.path.insert(0, str(TESTS))
    from servers import postgresql  # noqa: PLC0415  found only now

    postgresql.FAST_AND_FORGETFUL.update(_DURABLE)
    with postgresql.running_postgresql() as url:
        yield url


def _make_tables() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketing_agent.django_settings"
    import django  # noqa: PLC0415  only now are home and store known
    from django.core.management import call_command  # noqa: PLC0415  as above

    django.setup()
    call_command("migrate", verbosity=0)


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415  Django may not be loaded earlier

    connections.close_all()
