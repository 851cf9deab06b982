"""Letters for real servers, and waiting for their arrival without sleeping."""

from collections.abc import Callable
from datetime import UTC, datetime

from marketing_agent.mail.compose import Letter, new_message_id, to_bytes
from marketing_agent.mail.imap import ImapSession
from marketing_agent.mail.parse import Mail, parse

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LOOKS = 30
LOOK_SECONDS = 1.0


def letter(sender: str, recipient: str, body: str = "Grüße aus Köln.\n.\nEin Punkt.\n") -> Letter:
    """Write a letter whose subject and body need encoding, with a line of one dot."""
    return Letter(
        message_id=new_message_id("ours.example"),
        from_address=sender,
        from_name="Ada Ü",
        to_address=recipient,
        subject="Ein Angebot für Köln und ein langer Betreff, der gefaltet werden muss",
        body_text=body,
        date=NOW,
    )


def raw(written: Letter) -> bytes:
    return to_bytes(written)


def await_mail(session: ImapSession, wanted: Callable[[Mail], bool], folder: str = "INBOX") -> Mail:
    """Return the first mail in `folder` that is `wanted`, waiting up to 30 seconds by IDLE."""
    seen = 0
    for _ in range(LOOKS):
        session.select(folder)
        for fetched in session.fetch_since(seen, 1000):
            seen, mail = fetched.uid, parse(fetched.raw)
            if wanted(mail):
                return mail
        session.idle(LOOK_SECONDS)
    raise AssertionError("The mail did not arrive within 30 seconds.")
