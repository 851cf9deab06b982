"""What IMAP servers do to us, at which step, and what becomes of the mail: the table of the tests.

`docs/reference/hostile-servers.md` shows the same table; `hostile.test_imap_servers` proves each row. In
each, mails a, b and c lie in the inbox, all three in All Mail as well, and j in Junk.
"""

from dataclasses import dataclass

from hostile.imap_deeds import (
    FETCH,
    POISON,
    SEARCH,
    SELECT,
    Setup,
    answers,
    cut_in_half,
    does,
    fetches,
    literal,
    nothing,
    number_anew,
    only_completion,
    preceded,
    replaced,
    says,
    silence_in_half,
    twice,
    with_body,
    without_body,
)
from inbound.scene import INBOX, NOW
from marketing_agent.sandbox.answers import Mishap
from marketing_agent.sandbox.imap.session import Cut


@dataclass(frozen=True)
class Case:
    """One kind of hostility and what follows from it.

    Attributes:
        does: what the server does, as a clause that follows *the server*.
        at: at which command.
        how: makes the sandbox's server do it.
        kept: the mails that a poll brings all the same.
        status: words of the inbox's status; empty where nothing is wrong.
        connected: whether the inbox counts as one that can be read.
        why: why that is safe.
        gone: mails that the server itself has given up.
        waits: whether the server makes us wait until we give up.
    """

    does: str
    at: str
    how: Setup
    kept: str
    status: str
    why: str
    connected: bool = True
    gone: str = ""
    waits: bool = False


EVERY = "abcj"
ASKED_AGAIN = (
    "How far the folder was read stays before the mail, so the next poll asks for it again."
)
BEHIND = f"{ASKED_AGAIN} The mails behind it and the other folders are read meanwhile."
NOT_READ = (
    "Nothing is noted as read. The inbox is tried again after a minute, then ever less often."
)
NOTHING_WRONG = "Only what was asked for counts, by UID; all else is the server's own news."
KNOWN = "A mail is kept once, whatever its UID: by Message-ID, sender and date, or by its bytes."

_COMMANDS = ("CONNECT", "LOGIN", "LIST", SELECT, SEARCH)

SILENT = tuple(
    Case(does_, at, answers(at, how), "", words, NOT_READ, connected=False, waits=bool(words))
    for does_, how, words in (
        ("hangs", Mishap.HANG, "did not answer in time"),
        ("closes the connection", Mishap.CLOSE, ""),
    )
    for at in _COMMANDS
)

REFUSING = (
    *(
        Case(
            f"says {word}", at, answers(at, f"{word} I will not"), "", "I will not", NOT_READ,
            connected=False,
        )
        for word in ("NO", "BAD")
        for at in ("LOGIN", SELECT, SEARCH)
    ),
    *(
        Case(
            f"says {word}", "LIST", answers("LIST", f"{word} I will not"), "abc", "I will not",
            "Every account has an inbox, which is read without a list.",
        )
        for word in ("NO", "BAD")
    ),
    Case(
        "says NO", FETCH, answers(FETCH, "NO I will not"), "", "I will not", ASKED_AGAIN, connected=False,
    ),
    Case(
        "hangs", FETCH, answers(FETCH, Mishap.HANG), "", "did not answer in time",
        f"{ASKED_AGAIN} After three waits the poll leaves the server alone.", connected=False,
        waits=True,
    ),
    Case("closes the connection", FETCH, answers(FETCH, Mishap.CLOSE), "", "", ASKED_AGAIN, connected=False),
    Case(
        "says BYE in the middle", FETCH, says(FETCH, lambda _: Cut(b"* BYE shutting down\r\n"), b"BODY[]"),
        "", "shutting down", ASKED_AGAIN, connected=False,
    ),
    Case(
        "refuses the inbox alone", SELECT,
        says(SELECT, only_completion(replaced(rb" OK .*", b" NO locked"))), "", "locked", NOT_READ,
        connected=False,
    ),
)  # fmt: skip

LITERALS = (
    Case(
        "closes in the middle of a mail", FETCH, fetches(cut_in_half, POISON), "acj", "", BEHIND,
    ),
    Case(
        "falls silent in the middle of a mail", FETCH, fetches(silence_in_half, POISON), "acj",
        "did not answer in time", BEHIND, waits=True,
    ),
    Case(
        "announces more octets than it sends", FETCH, fetches(literal(+1000), POISON), "acj",
        "did not answer in time", BEHIND, waits=True,
    ),
    Case(
        "announces fewer octets than it sends", FETCH, fetches(literal(-30), POISON), "acj", "", BEHIND,
    ),
    Case(
        "announces a hundred gigabytes", FETCH, fetches(literal(10**11), POISON), "acj", "announced", BEHIND,
    ),
    Case(
        "gives a mail without its body", FETCH, fetches(without_body, POISON), "acj", "does not give it",
        BEHIND,
    ),
    Case(
        "gives NIL for a body", FETCH, fetches(with_body(b"NIL"), POISON), "acj", "does not give it", BEHIND,
    ),
    Case(
        "gives nothing for a body", FETCH, fetches(with_body(b'""'), POISON), "acj", "does not give it",
        BEHIND,
    ),
    Case(
        "leaves a mail out that it still holds", FETCH, fetches(nothing, POISON), "acj", "does not give it",
        BEHIND,
    ),
    Case(
        "leaves out a mail that was expunged meanwhile", FETCH,
        does(FETCH, lambda server: server.expunge(INBOX, "INBOX", 2)), EVERY, "",
        "The server is asked whether it still holds the mail; what has vanished is passed by. (Here All "
        "Mail still has it.)",
    ),
    Case(
        "gives a body shorter than RFC822.SIZE", FETCH,
        says(FETCH, replaced(rb"RFC822.SIZE \d+", b"RFC822.SIZE 99999")), EVERY, "",
        "Real servers misreport sizes: the mail is kept, and its reason says so.",
    ),
    *(
        Case(
            does_, FETCH, says(FETCH, replaced(rb" RFC822.SIZE \d+", by)), EVERY, "",
            "The size only decides how many mails one FETCH brings.",
        )
        for does_, by in (
            ("keeps the sizes to itself", b""),
            ("names a negative size", b" RFC822.SIZE -5"),
            ("names a size that is no word for sizes", b" RFC822.SIZE many"),
        )
    ),
    Case(
        "names a size of thirty digits", FETCH,
        says(FETCH, replaced(rb"RFC822.SIZE \d+", b"RFC822.SIZE " + b"9" * 30)), EVERY, "",
        "A mail that is said to be enormous is kept with its headers alone, and its reason says so.",
    ),
)  # fmt: skip

NUMBERS = (
    Case(
        "numbers the folder anew between SELECT and FETCH, silently", FETCH,
        does(FETCH, number_anew), EVERY, "",
        f"The next poll meets the new UIDVALIDITY and reads again. {KNOWN}",
    ),
    Case(
        "numbers the folder anew between SELECT and FETCH, and says so", FETCH,
        says(FETCH, preceded(b"* OK [UIDVALIDITY 77] new\r\n"), b"BODY[]"), "", "numbered the folder anew",
        "Nothing is kept under numbers that are void.", connected=False,
    ),
    Case("gives a mail twice", FETCH, fetches(twice), EVERY, "", KNOWN),
    Case(
        "has a mail under two UIDs", FETCH,
        does(SELECT, lambda server: server.deliver(INBOX, "INBOX", server.messages(INBOX, "INBOX")[0], NOW)),
        EVERY, "", KNOWN,
    ),
    Case(
        "gives two mails under one UID", FETCH, fetches(replaced(rb"\(UID 2 ", b"(UID 1 "), POISON), EVERY,
        "does not give it", "Both are kept. The UID that was not given is asked for again.",
    ),
    Case(
        "tells of other mails between", FETCH,
        fetches(preceded(b"* 9 FETCH (UID 99 FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS ())\r\n")), EVERY, "",
        NOTHING_WRONG,
    ),
    Case(
        "gives a mail that was not asked for", FETCH,
        fetches(preceded(b"* 9 FETCH (UID 99 BODY[] {3}\r\nxyz)\r\n* 1 FETCH (BODY[] {3}\r\nxyz)\r\n")),
        EVERY, "", NOTHING_WRONG,
    ),
    Case("says EXPUNGE while mails are fetched", FETCH, fetches(preceded(b"* 1 EXPUNGE\r\n")), EVERY, "",
         NOTHING_WRONG),
    *(
        Case(
            f"says {shown}", SELECT, says(SELECT, replaced(rb"\* OK \[UIDNEXT \d+\][^\n]*\n", by)), EVERY, "",
            "The highest UID is asked for; UIDNEXT decides nothing alone.",
        )
        for shown, by in (
            ("no UIDNEXT", b""),
            ("a UIDNEXT that is too low", b"* OK [UIDNEXT 1] next\r\n"),
            ("a UIDNEXT that is too high", b"* OK [UIDNEXT 4294967295] next\r\n"),
            ("a UIDNEXT of twenty digits", b"* OK [UIDNEXT 99999999999999999999] next\r\n"),
        )
    ),
    *(
        Case(
            f"says {shown}", SELECT, says(SELECT, replaced(rb"\* OK \[UIDVALIDITY \d+\][^\n]*\n", by)), "",
            "UIDVALIDITY", "Without it no UID means anything; nothing is noted as read.", connected=False,
        )
        for shown, by in (
            ("no UIDVALIDITY", b""),
            ("a UIDVALIDITY of 0", b"* OK [UIDVALIDITY 0] x\r\n"),
            ("a UIDVALIDITY of twenty digits", b"* OK [UIDVALIDITY 99999999999999999999] x\r\n"),
        )
    ),
)  # fmt: skip

FOLDERS = (
    Case(
        "loses a folder between LIST and SELECT", SELECT,
        does(SELECT, lambda server: server.remove_folder(INBOX, "Junk")), "abc", "Junk",
        "Each folder has its own trouble; the others are read.", gone="j",
    ),
    Case(
        "lists a name that no database holds", "LIST",
        says("LIST", preceded(b'* LIST (\\All) "/" "&AAA-"\r\n')), "abcj", "NONEXISTENT",
        "The name is cleaned for the record, and used as it is for the server.",
    ),
    Case(
        "calls the inbox Junk and All Mail as well", "LIST",
        says("LIST", preceded(b'* LIST (\\Junk \\All) "/" INBOX\r\n')), EVERY, "",
        "A folder is read once, as what it is first of all.",
    ),
)  # fmt: skip

NONSENSE = (
    *(
        Case(does_, at, says(at, change), "", "does not answer as an IMAP server should", NOT_READ,
             connected=False)
        for does_, at, change in (
            ("opens a hundred thousand parentheses", "LIST", preceded(b"* LIST " + b"(" * 100_000 + b"\r\n")),
            ("answers another command", SELECT, preceded(b"XYZ99 OK done\r\n")),
            ("speaks HTTP", SELECT, lambda _: b"HTTP/1.1 400 Bad Request\r\n"),
            ("says a line of two megabytes", SELECT, preceded(b"* OK " + b"x" * 2_000_000 + b"\r\n")),
        )
    ),
    Case(
        "completes a command twice", "LIST", says("LIST", only_completion(twice)), EVERY, "",
        "Each answer carries the tag of its command; what carries another one ends the connection, and a "
        "new one goes on.",
    ),
)  # fmt: skip

CASES = (*SILENT, *REFUSING, *LITERALS, *NUMBERS, *FOLDERS, *NONSENSE)
