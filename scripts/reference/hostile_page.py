"""hostile-servers.md: what servers do to us and what becomes of letter and mail, as the tests prove it."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from reference.markdown import code, link, table

TESTS = str(Path(__file__).resolve().parents[2] / "tests")
if TESTS not in sys.path:
    sys.path.append(TESTS)

from hostile import imap_cases, smtp_case, smtp_cases  # noqa: E402  the tables lie with the tests that prove them

_ABOUT = """
A mail server may hang, lie, babble or break off at any word. This page says what then becomes of a
letter or a mail. Each row is proved by a test of its own against a server that does what the row says,
over the whole way: claim, door, SMTP, record and the days after, or poll, record and the next poll. The
tables stand in `tests/hostile/smtp_cases.py` and `tests/hostile/imap_cases.py`.
"""

_SMTP = f"""
## SMTP

- No letter is handed over twice by itself. None is silently lost: each ends in a
  {link("state", "states.md")} that says what happened, with the server's words as its reason.
- A break before the command DATA was sent is harmless, and the letter is tried again. From then on until
  a clear answer to the final dot it is *unknown*, and never tried again by itself (RFC 1047).
- A clear 4yz or 5yz decides by what it says.
- Before each command we look whether the server has said something unasked, or has closed. If so, nothing
  more is sent over this connection: no word of a server answers another command than its own.
- The letter is sent without its final dot at first. If the server speaks before the dot, the dot is never
  sent: a refusal counts then, an acceptance is not believed.
- After a step's time ({code("smtp_step_s")}, and {code("smtp_final_s")} for the letter and its final dot) the
  server is left, however it drips. A reply may have a megabyte; its first 8 kB are kept.
- The other inboxes have lanes and connections of their own.

*Taken* says how many letters the server itself accepted meanwhile. A letter that is *retry* or *held* is
delivered exactly once as soon as the server is honest again; one that is *unknown* waits for evidence or
for a person.
"""

_SMTP_LIMITS = """
Two things cannot be known. A server that answers the final dot twice, with the second answer still on
its way when the first one is read, is believed the first time. And a server that sends an acceptance
behind its 354 so late that the final dot has left meanwhile is believed as well: no client can tell that
answer from the one to the dot.
"""

_IMAP = f"""
## IMAP

- No mail is kept twice, whatever UIDs it has: it is known by Message-ID, sender and date, or by its bytes.
- None is lost: how far a folder was read never moves past a mail that the server still holds and that we
  have not. It is asked for again at each poll, and the mails behind it are read meanwhile.
- The inbox's status says what is wrong ({code("GET /api/inboxes/imap-status")}). While only a mail or a
  folder is missing, the inbox is read again after ten minutes at the latest; after five such polls an
  alert is opened.
- A command may take {code("imap_step_s")} seconds, and longer only while much comes; after three waits in
  one poll the server is left until the next. The other inboxes are read in lanes of their own.

In each row, mails *a*, *b* and *c* wait in the inbox (All Mail shows them too) and *j* waits in Junk;
where one mail is meant, it is *b*. *Read* says which of them the poll brings all the same. The next poll
of the honest server brings the others, each once.
"""

_LASTING = """
Hostility that lasts, or that shows between one poll and the next, has tests of its own:
"""

LASTING = (
    (
        "cannot give one mail for days",
        "The mails behind it are read once each, and its status and an alert say so.",
        "test_a_mail_that_cannot_be_read_for_days_stops_none_behind_it",
    ),
    (
        "gives UIDs away again under the same UIDVALIDITY",
        "The folder is read again from the beginning.",
        "test_uids_that_are_given_away_again_are_read_again",
    ),
    (
        "changes UIDVALIDITY at every poll",
        "The folder is read again each time, and each mail is kept once.",
        "test_a_uidvalidity_that_changes_at_every_poll_loses_and_doubles_nothing",
    ),
    (
        "says the same UIDNEXT for ever",
        "New mail is found all the same.",
        "test_a_uidnext_that_stands_still_hides_no_mail",
    ),
    (
        "renames Junk or All Mail",
        "The folder is known by its special use, and its backlog is read.",
        "test_a_folder_renamed_between_polls_is_known_by_its_special_use",
    ),
    (
        "renames a folder and knows no special uses",
        "The folder is known by its usual names; under a name that nobody knows it is not read.",
        "test_a_folder_renamed_between_polls_is_known_by_its_usual_name",
    ),
    (
        "garbles what it says, at random",
        "The poll fails or falls short, and nothing else happens.",
        "test_no_garbled_answer_escapes_or_keeps_us",
    ),
)

_STEPS = {"final": "final dot", "connect": "connecting"}


def body() -> str:
    """Write the page."""
    return "\n".join(
        (
            _ABOUT,
            _SMTP,
            _smtp_table(smtp_cases.ALL),
            _SMTP_LIMITS,
            _IMAP,
            _imap_table(imap_cases.CASES),
            _LASTING,
            table(("the server …", "what becomes of the mail", "test"), map(_lasting, LASTING)),
        )
    )


def _smtp_table(cases: Iterable[smtp_case.Case]) -> str:
    rows = (
        (
            each.does,
            ", ".join(_STEPS.get(verb, verb.upper()) for verb in each.verbs),
            f"*{each.state}*",
            each.outcome,
            str(each.taken),
            each.why,
        )
        for each in cases
    )
    columns = ("the server …", "at", "the letter is then", "outcome", "taken", "why that is safe")
    return table(columns, _together(rows, 0))


def _imap_table(cases: Iterable[imap_cases.Case]) -> str:
    rows = (
        (
            each.does,
            each.at,
            ", ".join(each.kept) or "none",
            _status(each),
            each.why,
        )
        for each in cases
    )
    columns = ("the server …", "at", "read", "the inbox's status", "why that is safe")
    return table(columns, _together(_together(rows, 0), 1))


def _together(rows: Iterable[Sequence[str]], place: int) -> list[tuple[str, ...]]:
    """Make one row of those that differ in one cell only, in the order of the first of them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        found.setdefault((*row[:place], *row[place + 1 :]), []).append(row[place])
    return [
        (*others[:place], "; ".join(dict.fromkeys(cells)), *others[place:])
        for others, cells in found.items()
    ]


def _status(case: imap_cases.Case) -> str:
    complete = set(imap_cases.EVERY) <= set(case.kept + case.gone) and not case.status
    if complete:
        return "connected"
    return "connected, with gaps" if case.connected else "not connected"


def _lasting(row: tuple[str, str, str]) -> tuple[str, str, str]:
    does, becomes, test = row
    return does, becomes, code(test)
