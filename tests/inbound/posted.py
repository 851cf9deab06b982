"""Letters as they really leave, and mails that show them: forwarded, returned, quoted, copied."""

from email.utils import format_datetime

from inbound.scene import INBOX, NINA, NOW, Scene, a_letter, a_scene
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.mail.compose import new_message_id, to_bytes
from marketing_agent.outbox.letter import letter_of
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

BOSS = "boss@hotel.example"  # a colleague whom we never wrote to
AWAY = "n.nuss@elsewhere.example"  # an address that we do not know
SES = "0102018f3a1b2c4d-9c1f7e2a-4b5d-4c3e-8f90-1a2b3c4d5e6f-000000"
AT_SES = f"{SES}@eu-west-1.amazonses.com"


def posted(letter: Email) -> Email:
    """Give a letter the Message-ID that the planner gives."""
    letter.message_id = new_message_id("example.com", letter.public_id)
    letter.save(update_fields=["message_id"])
    return letter


def a_posted_scene(address: str = NINA, state: EmailState = EmailState.SENT) -> Scene:
    """Write a scene whose letter has a Message-ID of ours."""
    scene = a_scene(address, state=state)
    posted(scene.letter)
    return scene


def a_second_letter(scene: Scene, prospect: Prospect | None = None) -> Email:
    """Write the next letter of the sequence, sent as well."""
    return posted(a_letter(prospect or scene.prospect, scene.inbox, step=2))


def as_sent(letter: Email, message_id: str = "", *fields: str) -> bytes:
    """Render a letter as it leaves, or as a provider passes it on: with another Message-ID."""
    raw = to_bytes(letter_of(letter, letter.created_at))
    if message_id:
        raw = raw.replace(letter.message_id.encode(), message_id.encode())
    return "".join(f"{each}\r\n" for each in fields).encode() + raw


def forwarded(shown: bytes, body: str, sender: str, subject: str = "Fwd: Your bookings") -> bytes:
    """Write a mail with another one attached."""
    head = (
        f"From: {sender}\r\nTo: {INBOX}\r\nSubject: {subject}\r\n"
        f"Date: {format_datetime(NOW)}\r\nMessage-ID: <{abs(hash((body, sender)))}@hotel.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + shown + b"\r\n--b--\r\n"


def returned(shown: bytes, to: str = NINA, mark: str = "1") -> bytes:
    """Write a report (RFC 3464) that gives a mail back as it came."""
    head = (
        f"From: MAILER-DAEMON@mx.hotel.example\r\nTo: {INBOX}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <dsn{mark}@mx.hotel.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour letter met a problem.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;mx.hotel.example\r\n\r\n"
        f"Final-Recipient: rfc822;{to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp;550 5.1.1 no such user\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + shown + b"\r\n--b--\r\n"


def pasted(
    body: str, *, sender: str = INBOX, to: str = NINA, subject: str = "Your bookings"
) -> str:
    """Write an answer as Outlook does: the header of the answered mail pasted below it."""
    return (
        f"{body}\r\n\r\n________________________________\r\nVon: Ada Adler <{sender}>\r\n"
        f"Gesendet: Dienstag, 11. März 2025 13:00\r\nAn: {to}\r\nBetreff: {subject}\r\n\r\nHello\r\n"
    )


def unmatched(item: InboxItem) -> bool:
    """Tell whether a mail was tied to nobody."""
    return (item.kind, item.match, item.email, item.prospect) == ("other", "", None, None)
