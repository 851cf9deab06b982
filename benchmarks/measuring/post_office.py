"""The sandbox's IMAP server as a process of its own, whose inboxes hold a benchmark's mail."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "pw"  # noqa: S105  it opens nothing but this process
_HERE = Path(__file__).resolve().parents[1]


@contextmanager
def running_post_office(certificates: Path, mails: int, inboxes: int) -> Iterator[int]:
    """Give the port of a server that holds `mails` answers; its authority is `certificates`/ca.pem."""
    command = [sys.executable, "-m", "measuring.post_office", str(certificates)]
    with subprocess.Popen(  # noqa: S603  our own program
        [*command, str(mails), str(inboxes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_HERE,
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101  for the type checker
            yield int(process.stdout.readline())
        finally:
            process.communicate(timeout=30)  # its input ends, and so does it


def main(certificates: Path, mails: int, inboxes: int) -> None:
    """Serve until the input ends: print the port once all mail is there."""
    from marketing_agent.sandbox.certificates import make_certificates  # noqa: PLC0415  the child alone
    from marketing_agent.sandbox.imap_server import ImapServer  # noqa: PLC0415  as above
    from measuring.replies import SENT_AT, replies  # noqa: PLC0415  as above

    accounts = {f"inbox{number}@example.com": PASSWORD for number in range(1, inboxes + 1)}
    made = make_certificates(certificates)
    with ImapServer(accounts, lambda: SENT_AT, certificates=made) as server:
        for inbox, raw in replies(mails, inboxes):
            server.deliver(inbox, "INBOX", raw, SENT_AT)
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
