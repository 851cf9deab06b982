"""A home of its own for the sandbox's world: nothing of the user's installation is seen or touched.

Called before any setting is read, so it imports nothing of the program but the settings themselves.
"""

import os
import secrets
from pathlib import Path

from marketing_agent.settings import settings

_OURS = ("MARKETING_AGENT_", "SMTP_INBOX_", "DJANGO_")
_STORES_AND_PROVIDERS = ("DATABASE_URL", "CRM_DATABASE_URL")
_KEYS = ("_API_KEY", "_API_TOKEN", "_BASE_URL")


def seclude(home: Path, port: int) -> None:
    """Point this process at `home` and forget every variable of the user's that means something to us."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _STORES_AND_PROVIDERS or name.endswith(_KEYS):
            del os.environ[name]
    os.environ["MARKETING_AGENT_HOME"] = str(home)
    os.environ["MARKETING_AGENT_PORT"] = str(port)
    os.environ["MARKETING_AGENT_SANDBOX"] = "1"
    os.environ["MARKETING_AGENT_KEY"] = secrets.token_urlsafe(32)
    os.environ["MARKETING_AGENT_CA_FILE"] = str(home / "certificates" / "ca.pem")
    settings.cache_clear()
