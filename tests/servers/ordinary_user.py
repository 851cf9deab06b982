"""The account that servers run as: PostgreSQL and Dovecot refuse root or do not need it."""

import os
import pwd
import shutil
import tempfile
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


def ordinary_user() -> OrdinaryUser:
    """Return the account for servers that must not run as root."""
    entry = pwd.getpwnam(STAND_IN_FOR_ROOT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return OrdinaryUser(entry.pw_name, _group_name(entry.pw_gid), entry.pw_uid, entry.pw_gid)


def private_folder(prefix: str, owner: OrdinaryUser) -> Path:
    """Make a new folder that only `owner` (and root) may enter."""
    return owner.own(Path(tempfile.mkdtemp(prefix=f"marketing-agent-{prefix}-")))


def remove_folder(folder: Path) -> None:
    """Remove `folder` and everything in it, whoever owns it."""
    shutil.rmtree(folder, ignore_errors=True)


def _group_name(gid: int) -> str:
    import grp  # noqa: PLC0415  only systems with accounts have this module

    return grp.getgrgid(gid).gr_name
