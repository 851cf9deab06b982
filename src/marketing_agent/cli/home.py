"""The home folder: the key, and what lets curl reach us without a header in a file."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from marketing_agent.settings import Settings

CURL_FOLDER = "curl"


def make_home(home: Path) -> None:
    """Make the home and its folders, readable by their owner alone; idempotent."""
    for folder in (home, home / "logs", home / "backups", home / "reports", home / CURL_FOLDER):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def make_key(home: Path) -> bool:
    """Make the key that encrypts secrets, unless there is one; says whether it is new."""
    try:
        write_private(home / "key", secrets.token_urlsafe(32) + "\n", new=True)
    except FileExistsError:
        (home / "key").chmod(0o600)
        return False
    return True


def write_private(file: Path, text: str, *, new: bool = False) -> None:
    """Write a file that its owner alone can read, from its first byte on; with `new`, only once.

    Raises:
        FileExistsError: with `new`, when it exists.
    """
    how = os.O_EXCL if new else os.O_TRUNC
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        os.fchmod(descriptor, 0o600)
        opened.write(text)


def write_curl_files(known: Settings, token: str) -> None:
    """Let curl send our token to our host and to no other.

    .curlrc names the netrc file only: a header line there would go to every host.
    """
    folder = known.home / CURL_FOLDER
    host = urlsplit(known.base_url).hostname or known.host
    write_private(known.home / "netrc", f"machine {host}\nlogin agent\npassword {token}\n")
    write_private(folder / ".curlrc", f'netrc-optional\nnetrc-file="{known.home / "netrc"}"\n')


def has_curl_files(home: Path) -> bool:
    """Say whether curl was told our token."""
    return (home / "netrc").is_file() and (home / CURL_FOLDER / ".curlrc").is_file()
