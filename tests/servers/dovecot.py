"""A private Dovecot: IMAP for our inboxes, LMTP and passwords for Postfix. Never runs as root."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketing_agent.sandbox.certificates import Certificates
from servers.ordinary_user import OrdinaryUser, ordinary_user, private_folder
from servers.process import accepts_connections, free_port, running

PROGRAM = "/usr/sbin/dovecot"
SUPPORTED = "2.3."  # 2.4 changed the configuration's grammar

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mailbox_list_index = no
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = yes
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service auth {{
  inet_listener {{
    port = {auth_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class DovecotMissingError(RuntimeError):
    """Dovecot is not installed, or in a version that these tests do not know."""


@dataclass
class Dovecot:
    """A running Dovecot: its folder and the loopback ports it answers on."""

    imaps_port: int
    imap_port: int
    lmtp_port: int
    auth_port: int
    folder: Path

    def mails_of(self, address: str) -> list[bytes]:
        """Read `address`'s unseen mail from the disk, in order of arrival."""
        arrived = (self.folder / "mail" / address / "Maildir" / "new").glob("*")
        return [file.read_bytes() for file in sorted(arrived)]


def check_dovecot() -> None:
    """Raise DovecotMissingError unless an installed Dovecot fits."""
    if shutil.which(PROGRAM) is None or not Path("/usr/lib/dovecot/lmtp").exists():
        raise DovecotMissingError(
            "Dovecot is not installed (Debian packages: dovecot-imapd, dovecot-lmtpd)."
        )
    version = subprocess.run(
        [PROGRAM, "--version"], check=True, capture_output=True, text=True
    ).stdout
    if not version.startswith(SUPPORTED):
        raise DovecotMissingError(f"These tests configure Dovecot 2.3; installed is {version}.")


@contextmanager
def running_dovecot(passwords: Mapping[str, str], certificates: Certificates) -> Iterator[Dovecot]:
    """Run Dovecot with one mailbox for each address in `passwords`.

    Raises:
        DovecotMissingError: not installed, or not version 2.3.
        ServerFailedError: it did not come up; the message holds its log.
    """
    check_dovecot()
    owner = ordinary_user()
    ports = {f"{name}_port": free_port() for name in ("imap", "imaps", "lmtp", "auth")}
    with private_folder("dovecot", owner) as folder:
        _write_users(folder, owner, passwords)
        _write_configuration(folder, owner, certificates, ports)
        command = [PROGRAM, "-F", "-c", folder / "dovecot.conf"]
        with running("Dovecot", command, folder / "log", owner) as server:
            server.wait_until(lambda: all(map(accepts_connections, ports.values())))
            yield Dovecot(**ports, folder=folder)


def _write_users(folder: Path, owner: OrdinaryUser, passwords: Mapping[str, str]) -> None:
    # user:password:uid:gid:gecos:home; see Dovecot's "Passwd-file".
    home = owner.own_new(folder / "mail")
    rows = [
        f"{address}:{{PLAIN}}{password}:{owner.uid}:{owner.gid}::{home}/{address}::\n"
        for address, password in passwords.items()
    ]
    owner.own_text(folder / "users", "".join(rows))


def _write_configuration(
    folder: Path, owner: OrdinaryUser, certificates: Certificates, ports: Mapping[str, int]
) -> None:
    files = {
        name: owner.own_text(folder / name, source.read_text())
        for name, source in (
            ("cert.pem", certificates.cert_file),
            ("key.pem", certificates.key_file),
        )
    }
    text = CONFIGURATION.format(
        folder=folder,
        user=owner.name,
        group=owner.group,
        certificate=files["cert.pem"],
        key=files["key.pem"],
        **ports,
    )
    owner.own_text(folder / "dovecot.conf", text)
