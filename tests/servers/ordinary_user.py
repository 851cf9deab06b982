"""The account that servers run as: PostgreSQL and Dovecot refuse root or do not need it."""

import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STAND_IN_FOR_ROOT = "nobody"


@dataclass(frozen=True)
class OrdinaryUser:
    """An account without privileges: ourselves, or *nobody* when the tests run as root."""

    name: str
    group: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, object]:
        """Return what `subprocess` needs to run a command as this account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> Path:
        """Hand `path` over to this account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path

    def own_new(self, folder: Path) -> Path:
        """Make `folder` for this account alone."""
        folder.mkdir(mode=0o700)
        return self.own(folder)

    def own_text(self, file: Path, text: str) -> Path:
        """Write `text` into a `file` that this account alone may read."""
        file.touch(mode=0o600)
        file.write_text(text)
        return self.own(file)


def ordinary_user() -> OrdinaryUser:
    """Return the account for servers that must not run as root."""
    entry = pwd.getpwnam(STAND_IN_FOR_ROOT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return OrdinaryUser(entry.pw_name, _group_name(entry.pw_gid), entry.pw_uid, entry.pw_gid)


@contextmanager
def private_folder(prefix: str, owner: OrdinaryUser) -> Iterator[Path]:
    """Make a folder that only `owner` (and root) may enter; it goes with everything in it."""
    folder = owner.own(Path(tempfile.mkdtemp(prefix=f"marketing-agent-{prefix}-")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
