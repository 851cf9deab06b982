"""Reports as servers write them, built from their parts, for the tests of classification."""

from dataclasses import dataclass

LETTER = """\
Return-Path: <max@acme.example>
From: Max <max@acme.example>
To: jane@client.example
Subject: Your booking page
Message-ID: <e7.x@acme.example>

Hello Jane
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.acme.example>"


@dataclass(frozen=True)
class Report:
    """A report of some kind of server; `body` is its text, `category` what is to be found."""

    name: str
    category: str
    body: str
    subject: str = "Undelivered Mail Returned to Sender"
    sender: str = DAEMON
    charset: str = "utf-8"

    def raw(self, below: str = LETTER) -> bytes:
        """The whole mail as plain text, the letter pasted below the text."""
        head = self.head("text/plain; charset=" + self.charset)
        return (head + "\n" + self.body).encode(self.charset, "replace") + below.encode()

    def with_letter_attached(self) -> bytes:
        """The same with the letter as a part of its own."""
        head = self.head("multipart/mixed; boundary=cut")
        text = f"--cut\nContent-Type: text/plain; charset={self.charset}\n\n{self.body}\n"
        letter = f"--cut\nContent-Type: message/rfc822\n\n{LETTER}\n--cut--\n"
        return (head + "\n" + text).encode(self.charset, "replace") + letter.encode()

    def head(self, content_type: str) -> str:
        """The header of the report."""
        return (
            f"Return-Path: <>\nFrom: {self.sender}\nTo: max@acme.example\n"
            f"Subject: {self.subject}\nMIME-Version: 1.0\nContent-Type: {content_type}\n"
        )


REPORTS = (
    Report(
        "postfix",
        "hard",
        """\
Your letter met a wall. See below.

<jane@client.example>: host mx.client.example[192.0.2.9] said: 550 5.1.1
    <jane@client.example>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)

""",
    ),
    Report(
        "exim",
        "hard",
        """\
A letter of yours could not be delivered to all of its recipients.
The following address(es) failed:

  jane@client.example
    host mx.client.example [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<jane@client.example>:
    550 no mailbox of that name

------ This is a copy of your message, including all the headers. ------

""",
        subject="Mail delivery failed: returning message to sender",
    ),
    Report(
        "exim at MAIL FROM",
        "block",
        """\
The following address(es) failed:

  jane@client.example
    SMTP error from remote mail server after MAIL FROM:<max@acme.example>:
    host mx.client.example [192.0.2.9]: 553 we know nobody there

------ This is a copy of the message ------

""",
    ),
    Report(
        "sendmail",
        "soft",
        """\
   ----- The following addresses had permanent fatal errors -----
<jane@client.example>
    (reason: 552 5.2.2 over quota)

   ----- Transcript of session follows -----
... while talking to mx.client.example.:
>>> RCPT To:<jane@client.example>
<<< 552 5.2.2 over quota
554 5.0.0 Service unavailable

   ----- Original message follows -----

""",
        subject="Returned mail: see transcript for details",
    ),
    Report(
        "qmail",
        "soft",
        """\
This is the qmail-send program. It did not work out.

<jane@client.example>:
192.0.2.9 failed after I sent the message.
Remote host said: 452 4.2.2 The mailbox has no room left, it is full

--- Below this line is a copy of the message.

""",
        subject="failure notice",
    ),
    Report(
        "qmail, refused by name",
        "block",
        """\
<jane@client.example>:
Connected to 192.0.2.9 but my name was rejected.
Remote host said: 501 5.0.0 Invalid domain name

--- Below this line is a copy of the message.

""",
        subject="failure notice",
    ),
    Report(
        "courier",
        "hard",
        """\
UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<jane@client.example>:
    mx.client.example [192.0.2.9]:
>>> RCPT TO:<jane@client.example>
<<< 550 no such person

""",
        subject="NOTICE: mail delivery status.",
    ),
    Report(
        "exchange, by date",
        "hard",
        """\
Your message

  To:      sales-team@client.example
  Subject: Your booking page
  Sent:    Mon, 1 Jun 2026 10:00:00 +0200

did not reach the following recipient(s):

jane@client.example on Mon, 1 Jun 2026 10:00:02 +0200
    The recipient name is not recognized

""",
        sender="System Administrator <postmaster@client.example>",
        subject="Undeliverable: Your booking page",
    ),
    Report(
        "exchange online",
        "hard",
        """\
Delivery has failed to these recipients or groups:

jane@client.example (jane@client.example)<mailto:jane@client.example>
The address wasn't found. It may be misspelled, or the person may have left.

Diagnostic information for administrators:

Generating server: server.acme.example

jane@client.example
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'

Original message headers:

""",
        sender="Microsoft Outlook <postmaster@acme.example>",
        subject="Undeliverable: Your booking page",
    ),
    Report(
        "a wrapped reply",
        "block",
        """\
The following message to <jane@client.example> was undeliverable.
The reason for the problem:
5.1.0 - Unknown address error 550-'5.7.1 <max@acme.example>... Access denied'

""",
    ),
    Report(
        "domino",
        "hard",
        """\
Your message

   Subject: Your booking page

was not delivered to:

   jane@client.example

because:

   User jane (jane@client.example) not listed in the directory

""",
        subject="DELIVERY FAILURE: User jane not listed",
    ),
    Report(
        "groupwise",
        "hard",
        "The letter that you sent was undeliverable to the following:\n"
        "\tjane@client.example (user not found)\n\n",
        subject="Message status - undeliverable",
    ),
    Report(
        "a mail service",
        "block",
        """\
Delivery to the following recipient failed permanently:

     jane@client.example

Technical details of permanent failure:
Our server tried, but the other one said no. The error that it returned was:
550 550 5.7.1 [192.0.2.7] looks like spam to us

----- Original message -----

""",
        subject="Delivery Status Notification (Failure)",
    ),
    Report(
        "a transcript of our own server",
        "soft",
        """\
Transcript of session follows.

 Out: 220 mx.acme.example ESMTP
 In:  EHLO mx.acme.example
 Out: 250-STARTTLS
 In:  MAIL FROM:<max@acme.example> SIZE=20088
 Out: 250 2.1.0 Ok
 In:  RCPT TO:<jane@client.example>
 Out: 250 2.1.5 Ok
 In:  DATA
 Out: 451 4.3.0 Error: queue file write error

""",
        subject="SMTP server: errors from localhost",
    ),
)
