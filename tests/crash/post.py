"""The mail servers that outlive every worker, and what they counted: the truth of the matrix."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from crash.cast import REFUSED
from crash.judge import Taken
from crash.place import INBOXES, MORE_INBOXES, PASSWORD, Place
from crash.scenes import Scene
from crash.seed import LETTERS
from marketing_agent.mail.parse import parse
from marketing_agent.sandbox.answers import Answer, Decide, Mishap, Moment, Verb, as_usual
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.smtp_server import Delivery, SmtpServer

Filed = tuple[str, str, bytes]
"""A mail in an account: the account, the folder, its bytes."""


@dataclass
class Post:
    """One SMTP and one IMAP server; what the first accepts the second files in Sent."""

    smtp: SmtpServer
    imap: ImapServer
    now: datetime
    filed: list[Filed] = field(default_factory=list)

    def put(self, mails: Sequence[Filed]) -> None:
        """Let mails lie in the accounts."""
        for account, folder, raw in mails:
            self.imap.deliver(account, folder, raw, self.now)
            self.filed.append((account, folder, raw))

    def copy_to_sent(self, delivery: Delivery) -> None:
        """File a copy of an accepted letter, as large providers do; runs in the SMTP server's thread."""
        self.put([(delivery.account or "", "Sent", delivery.raw)])

    def taken(self) -> tuple[Taken, ...]:
        """Tell the letters that were accepted, as their own bytes say what they are."""
        return tuple(_read(each) for each in self.smtp.accepted)


def _read(delivery: Delivery) -> Taken:
    mail = parse(delivery.raw)
    step = next(number for number, text in enumerate(LETTERS, start=1) if text in mail.text)
    return Taken(mail.message_id or "", delivery.to[0].lower(), step)


@contextmanager
def open_post(place: Place, certificates: Certificates, past: Sequence[Filed]) -> Iterator[Post]:
    """Open both servers of a place, with what lay in the accounts before."""
    accounts = dict.fromkeys((*INBOXES, *MORE_INBOXES), PASSWORD)
    smtp = SmtpServer(accounts, certificates=certificates, port=place.smtp)
    imap = ImapServer(accounts, lambda: place.now, certificates=certificates, port=place.imap)
    with smtp, imap:
        post = Post(smtp, imap, place.now)
        smtp._received = post.copy_to_sent
        post.put(past)
        yield post


def behaviour(scene: Scene) -> Decide:
    """Give what the SMTP server does while the first worker lives."""
    return _BEHAVIOURS.get(scene, as_usual)


def _refuses_recipients(moment: Moment) -> Answer:
    if moment.verb is not Verb.RCPT:
        return None
    gone = moment.address in REFUSED
    return "550 5.1.1 no such user" if gone else "451 4.2.2 mailbox full"


def _refuses_letters(moment: Moment) -> Answer:
    return "451 4.3.0 try again later" if moment.verb is Verb.FINAL else None


def loses_answers(moment: Moment) -> Answer:
    """Break the line at the final dot: Anna's letter is taken all the same, Ben's is not."""
    if moment.verb is Verb.FINAL and moment.address.startswith("anna"):
        return Mishap.ACCEPT_AND_CLOSE
    if moment.verb is Verb.FINAL and moment.address.startswith("ben"):
        return Mishap.CLOSE
    return None


def hangs_at_the_end(moment: Moment) -> Answer:
    """Say nothing after the final dot, so that every connection stands in DATA; some letters are taken."""
    if moment.verb is not Verb.FINAL:
        return None
    return Mishap.ACCEPT_AND_HANG if moment.account in INBOXES else Mishap.HANG


_BEHAVIOURS: dict[Scene, Decide] = {
    Scene.REFUSED: _refuses_recipients,
    Scene.REFUSED_LATE: _refuses_letters,
    Scene.LANES: hangs_at_the_end,
}
