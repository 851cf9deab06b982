"""How many mails of 4 kB a second one core judges, beside the standard library's bare parsing.

The mails are of five kinds, made up here: a delivery status notification, a bounce in prose, a
complaint, an automatic answer and a person's answer, each filled up to 4 kB.
"""

import email
import resource
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from time import process_time

from measuring.table import note, show

from marketing_agent.mail.classify import classify
from marketing_agent.mail.parse import parse

SIZE = 4096  # bytes of a mail
PATH = "".join(
    f"Received: from h{n}.example.net (192.0.2.{n}) by h{n + 1}.example.net\n\twith ESMTPS id {n}\n"
    for n in range(8)
)
LETTER = """\
From: Max <max@acme.example>
To: jane@client.example
Subject: Your booking page
Message-ID: <e7.x@acme.example>

Hello Jane
"""
REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>
To: max@acme.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type={kind}; boundary=cut

--cut
Content-Type: text/plain

{text}
--cut
Content-Type: message/{kind}

{fields}

--cut
Content-Type: message/rfc822

{letter}
"""
FAILED = (
    "Final-Recipient: rfc822; jane@client.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <jane@client.example>: user unknown"
)
ACCUSED = "Feedback-Type: abuse\nUser-Agent: Reporter/1\nVersion: 1"
PROSE = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: max@acme.example\n"
    "Subject: failure notice\n\nIt could not be delivered.\n\n<jane@client.example>:\n"
    "Remote host said: 552 5.2.2 the mailbox is full\n\n--- Below is a copy of the message.\n\n"
)
ANSWER = "From: Jane <jane@client.example>\nTo: max@acme.example\nSubject: {subject}\n\n{text}\n"


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2_000, help="times each of the five mails")
    rounds = parser.parse_args().rounds
    mails = list(_mails())
    ours = _rate(lambda raw: classify(parse(raw)), mails, rounds)
    theirs = _rate(email.message_from_bytes, mails, rounds)
    show(
        f"Mails of {SIZE} bytes judged on one core",
        ("what", "mails/s", "of the standard library"),
        [
            ("parse and classify", f"{ours:.0f}", f"{ours / theirs:.2f}"),
            ("email.message_from_bytes alone", f"{theirs:.0f}", "1.00"),
        ],
    )
    note("Wanted: 2,500 mails a second, or 0.75 of the standard library's bare parsing.")
    note(f"Memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB.")


def _mails() -> Iterable[bytes]:
    fields = {"delivery-status": FAILED, "feedback-report": ACCUSED}
    for kind, lines in fields.items():
        yield _filled(REPORT.format(kind=kind, text="See below.", fields=lines, letter=LETTER))
    yield _filled(PROSE + LETTER)
    yield _filled(ANSWER.format(subject="Automatic reply: hello", text="I am away until Monday."))
    yield _filled(ANSWER.format(subject="Re: hello", text="Tell me more, please."))


def _filled(mail: str) -> bytes:
    """With the path of a real mail above it and words below."""
    raw = (PATH + mail).encode()
    return raw + b"Then some words more, as they stand in letters.\n" * ((SIZE - len(raw)) // 48)


def _rate(work: Callable[[bytes], object], mails: list[bytes], rounds: int) -> float:
    for raw in mails:
        work(raw)
    began = process_time()
    for _ in range(rounds):
        for raw in mails:
            work(raw)
    return rounds * len(mails) / (process_time() - began)


if __name__ == "__main__":
    main()
