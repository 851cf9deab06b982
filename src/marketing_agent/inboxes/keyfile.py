"""The key that encrypts secrets at rest: one file in the home, made once, never replaced."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class KeyFileError(Exception):
    """The key file cannot be made; the message says why and what to do."""


def make_key(home: Path) -> None:
    """Write a new random key to `key` in `home`, readable by its owner only.

    Raises:
        KeyFileError: when there is a key already (every secret would be lost with it) or the folder
            cannot be written.
    """
    file = home / "key"
    try:
        # O_EXCL: of two that race only one wins, and an existing key is never touched.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{file} exists already; it is kept, secrets depend on it.") from None
    except OSError as error:
        raise KeyFileError(f"{file} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
