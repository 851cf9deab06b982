"""Getting Django and the store ready for the verbs that need them."""

import os
from pathlib import Path
from typing import NoReturn

from marketing_agent.cli.output import fail
from marketing_agent.cli.verbs import Needs

SETTINGS_MODULE = "marketing_agent.django_settings"


def make_ready(needs: Needs) -> None:
    """Do what `needs` says; cheap when it was done before.

    Raises:
        CommandError: when the store's tables are not the ones that this version expects.
    """
    if needs is Needs.NOTHING:
        return
    _require_home()
    set_up_django()
    _log_to_file()
    if needs is Needs.STORE:
        _require_tables()


def fail_uninstalled(home: Path, what_follows: str = "") -> NoReturn:
    """Refuse, as `home` holds no installation; `what_follows` goes on from there (", so …").

    Raises:
        CommandError: always.
    """
    fail(
        f"There is no installation in {home}{what_follows}. If it lies elsewhere, set "
        "MARKETING_AGENT_HOME or DATABASE_URL; to make one, run `marketing-agent init`."
    )


def set_up_django() -> None:
    """Load the models; idempotent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    import django  # noqa: PLC0415  Django is loaded only for verbs that need it
    from django.apps import apps  # noqa: PLC0415  as above

    if not apps.ready:
        django.setup()


def _require_home() -> None:
    from marketing_agent.settings import settings  # noqa: PLC0415  pydantic would slow down help

    known = settings()
    if not known.home.is_dir() and not known.database_url:
        fail_uninstalled(known.home)


def _log_to_file() -> None:
    from marketing_agent.workers import logs  # noqa: PLC0415  only verbs that do something log

    logs.configure("cli", screen=False)  # a failed command says one sentence and no more


def _require_tables() -> None:
    from marketing_agent.store.selfcheck import check_migrations  # noqa: PLC0415  needs Django

    problems = check_migrations()
    if problems:
        fail(problems[0])
