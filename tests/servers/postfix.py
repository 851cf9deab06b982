"""A private Postfix, which runs as root only: own configuration, queue and loopback ports.

It takes mail from logged-in clients alone, delivers our own domain to Dovecot and everything
else to nobody: what it accepts for another domain it bounces, as a relay without a route would.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketing_agent.sandbox.certificates import Certificates
from servers.dovecot import Dovecot
from servers.ordinary_user import OrdinaryUser, private_folder
from servers.process import accepts_connections, free_port, running

PROGRAM = Path("/usr/sbin/postfix")
DAEMONS = Path("/usr/lib/postfix/sbin")
OLDEST, NEWEST = (3, 4), (3, 99)
DOMAIN = "ours.example"
LEFT_THE_COMPANY = f"former.colleague@{DOMAIN}"
FULL = f"full@{DOMAIN}"
SLOW = f"slow@{DOMAIN}"
ROUTES = {FULL: "retry:4.2.2 the mailbox is full", SLOW: "lmtp:inet:127.0.0.1:1"}

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail
maillog_file_prefixes = {folder}/log
myhostname = mail.{domain}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
local_transport = error:5.1.1 nobody has a mailbox on this machine
default_transport = error:5.4.4 no mail leaves this machine
relay_transport = error:5.4.4 no mail leaves this machine
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/conf/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
transport_maps = texthash:{folder}/conf/transport
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_tls_auth_only = yes
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/conf/key.pem, {folder}/conf/cert.pem
smtpd_error_sleep_time = 0
smtpd_client_auth_rate_limit = 0
smtp_tls_security_level = none
bounce_queue_lifetime = 1h
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""

# service type private unpriv chroot wakeup maxproc command; see master(5).
MASTER = """
{starttls_port} inet n - n - - smtpd
{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixMissingError(RuntimeError):
    """Postfix is not installed, not of a known version, or we are not root."""


@dataclass
class Postfix:
    """A running Postfix: the loopback ports for submission, and its log."""

    starttls_port: int
    tls_port: int
    folder: Path

    def log(self) -> str:
        """Return what Postfix logged so far."""
        file = self.folder / "log" / "mail"
        return file.read_text(errors="replace") if file.exists() else ""


def check_postfix() -> None:
    """Raise PostfixMissingError unless Postfix can run here."""
    if not PROGRAM.exists():
        raise PostfixMissingError("Postfix is not installed (Debian package: postfix).")
    if os.geteuid() != 0:
        raise PostfixMissingError("Postfix refuses to run as an ordinary user: sudo make test.")
    command = ["/usr/sbin/postconf", "-dh", "mail_version"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if not OLDEST <= tuple(int(part) for part in version.split(".")[:2]) <= NEWEST:
        raise PostfixMissingError(f"These tests configure Postfix 3; installed is {version}.")


@contextmanager
def running_postfix(
    dovecot: Dovecot, mailboxes: list[str], files: Certificates
) -> Iterator[Postfix]:
    """Run Postfix, which lets clients in by `dovecot`'s passwords and delivers to it.

    `LEFT_THE_COMPANY` is accepted as well, though Dovecot does not know it: a hard bounce.
    `FULL` is refused for the time being at RCPT; mail to `SLOW` is accepted and stays in the queue.

    Raises:
        PostfixMissingError: it cannot run here; the message says why.
        ServerFailedError: it did not come up; the message holds its log.
    """
    check_postfix()
    ports = {"starttls_port": free_port(), "tls_port": free_port()}
    with private_folder("postfix", _account("root")) as folder:
        folder.chmod(0o755)  # Postfix's daemons run under their own account
        _lay_out(folder, dovecot, [*mailboxes, LEFT_THE_COMPANY, *ROUTES], files, ports)
        with running("Postfix", _command(folder), folder / "log" / "master") as server:
            server.wait_until(lambda: all(map(accepts_connections, ports.values())))
            yield Postfix(**ports, folder=folder)


def _command(folder: Path) -> list[str | Path]:
    return [DAEMONS / "master", "-s", "-c", folder / "conf"]


def _account(name: str) -> OrdinaryUser:
    entry = pwd.getpwnam(name)
    return OrdinaryUser(name, name, entry.pw_uid, entry.pw_gid)


def _lay_out(
    folder: Path, dovecot: Dovecot, mailboxes: list[str], files: Certificates, ports: dict[str, int]
) -> None:
    for name in ("conf", "queue", "log"):
        (folder / name).mkdir(mode=0o755)
    _account("postfix").own_new(folder / "data")
    conf = folder / "conf"
    places = {"folder": folder, "domain": DOMAIN, **ports}
    main = MAIN.format(lmtp_port=dovecot.lmtp_port, auth_port=dovecot.auth_port, **places)
    (conf / "main.cf").write_text(main)
    (conf / "master.cf").write_text(MASTER.format(**places))
    (conf / "mailboxes").write_text("".join(f"{address} x\n" for address in mailboxes))
    (conf / "transport").write_text("".join(f"{who} {how}\n" for who, how in ROUTES.items()))
    _account("root").own_text(conf / "key.pem", files.key_file.read_text())
    shutil.copy(files.cert_file, conf / "cert.pem")
    command = [PROGRAM, "-c", conf, "check"]  # makes the queue's folders
    subprocess.run(command, check=True, capture_output=True)
