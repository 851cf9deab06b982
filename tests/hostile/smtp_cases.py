"""What SMTP servers do to us, at which step, and what becomes of the letter: the table of the tests.

`docs/reference/hostile-servers.md` shows the same table; `hostile.test_smtp_servers` proves each row.
"""

from collections.abc import Iterable

from hostile.deeds import (
    answers_late,
    babbles,
    babbles_in_one_line,
    closes,
    drips,
    hangs,
    hangs_in_the_handshake,
    leaves_after_the_handshake,
    leaves_in_the_handshake,
    says,
    shows_certificate,
    takes_and,
    takes_and_answers_late,
    talks_rubbish_instead_of_tls,
    under_tls,
    usually_and,
)
from hostile.scripted_smtp import Deed
from hostile.smtp_case import ANSWERED, ENVELOPE, LETTER, NOTICED, OPENING, SENT, Case
from marketing_agent.engine.smtp_outcome import Phase
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.sandbox.answers import Answer, Manner, Mishap, Verb

NOTHING_BEGAN = (
    "No letter was begun. The inbox pauses for a while; letter and address are untouched."
)
NOTHING_HANDED_OVER = (
    "DATA was never sent. The letter is tried again after a quarter of an hour; nothing counts against "
    "the address."
)
MAY_BE_TAKEN = (
    "The server may have taken the letter (RFC 1047), so it is never sent again by itself; evidence or "
    "a person resolves it."
)
WAS_TAKEN = "The server took it and we cannot know; sending it again would be the second time."
UNDERSTOOD = "The code is all that counts. Of the text some kilobytes are kept, without NUL."


def broken(does: str, how: Answer | Deed, *, waits: bool = False) -> Iterable[Case]:
    """Give the three rows of a server that does not answer: what matters is whether DATA was sent."""
    return (
        Case(does, OPENING, how, Outcome.ACCOUNT, EmailState.RETRY, NOTHING_BEGAN, waits=waits),
        Case(
            does,
            ENVELOPE,
            how,
            Outcome.TEMPORARY,
            EmailState.RETRY,
            NOTHING_HANDED_OVER,
            waits=waits,
        ),
        Case(does, LETTER, how, Outcome.UNKNOWN, EmailState.UNKNOWN, MAY_BE_TAKEN, waits=waits),
    )


SILENT = (
    *broken("hangs", Mishap.HANG, waits=True),
    *broken("closes the connection", Mishap.CLOSE),
    *broken("answers an octet at a time", drips, waits=True),
    *broken("answers when we have given up", answers_late, waits=True),
    *broken("begins an answer that never ends", babbles),
    *broken("begins a line that never ends", babbles_in_one_line),
    *broken("says something that is not SMTP", "HTTP/1.1 400 Bad Request"),
    *broken("contradicts itself in one answer", says("250-fine", "550 5.7.1 not fine")),
    Case(
        "takes the letter and hangs", (Verb.FINAL,), Mishap.ACCEPT_AND_HANG,
        Outcome.UNKNOWN, EmailState.UNKNOWN, WAS_TAKEN, taken=1, waits=True,
    ),
    Case(
        "takes the letter and answers when we have given up", (Verb.FINAL,), takes_and_answers_late,
        Outcome.UNKNOWN, EmailState.UNKNOWN, WAS_TAKEN, taken=1, waits=True,
    ),
    Case(
        "takes the letter and closes", (Verb.FINAL,), Mishap.ACCEPT_AND_CLOSE,
        Outcome.UNKNOWN, EmailState.UNKNOWN, WAS_TAKEN, taken=1,
    ),
)  # fmt: skip

ODD = tuple(
    Case(
        does, (*OPENING, *ENVELOPE, *LETTER, Verb.QUIT), manner,
        Outcome.SENT, EmailState.SENT, UNDERSTOOD, taken=1, phases=SENT,
    )
    for does, manner in (
        ("answers in a thousand lines, 100 kB", Manner.AT_LENGTH),
        ("answers in one line of 100 kB", Manner.IN_ONE_BREATH),
        ("answers with 8-bit octets and NUL", Manner.IN_OCTETS),
    )
)  # fmt: skip

OUT_OF_STEP_BEFORE = (
    "What was not asked for is seen before the next command, which is not sent: no word of the server "
    "answers another command. A new connection is in step again."
)
FIRST_WORD = (
    "The final dot was answered; what more is said is read by nobody, and the connection ends."
)

TWICE = (
    Case(
        "answers twice", (Verb.CONNECT, Verb.EHLO, Verb.STARTTLS), Manner.TWICE,
        Outcome.ACCOUNT, EmailState.RETRY, OUT_OF_STEP_BEFORE, phases=NOTICED,
    ),
    Case(
        "answers twice", (Verb.AUTH, *ENVELOPE), Manner.TWICE,
        Outcome.TEMPORARY, EmailState.RETRY, OUT_OF_STEP_BEFORE, phases=NOTICED,
    ),
    Case(
        "asks twice for the letter", (Verb.DATA,), Manner.TWICE,
        Outcome.UNKNOWN, EmailState.UNKNOWN,
        "The second 354 is no answer to the final dot, which is not sent.", phases=NOTICED,
    ),
    Case(
        "answers twice", (Verb.FINAL,), Manner.TWICE,
        Outcome.SENT, EmailState.SENT, FIRST_WORD, taken=1,
    ),
    Case(
        "accepts the recipient and refuses it in one breath", (Verb.RCPT,),
        says("250 2.1.5 fine", "550 5.1.1 user unknown"),
        Outcome.TEMPORARY, EmailState.RETRY, OUT_OF_STEP_BEFORE,
    ),
    Case(
        "refuses the recipient and accepts it in one breath", (Verb.RCPT,),
        says("550 5.1.1 user unknown", "250 2.1.5 fine"),
        Outcome.TEMPORARY, EmailState.RETRY,
        "Which of the two is meant cannot be known, so the address is not given up for it.",
    ),
    Case(
        "accepts and refuses the letter in one breath", (Verb.FINAL,),
        says("250 2.0.0 taken", "550 5.7.1 not taken"),
        Outcome.UNKNOWN, EmailState.UNKNOWN,
        "Not *sent*, as it was refused; not tried again, as it was accepted.",
    ),
    Case(
        "refuses and accepts the letter in one breath", (Verb.FINAL,),
        takes_and("550 5.7.1 not taken", "250 2.0.0 taken"),
        Outcome.UNKNOWN, EmailState.UNKNOWN,
        "Not *sent*, as it was refused; not tried again, as it was accepted.", taken=1,
    ),
    Case(
        "accepts the letter and says farewell (421)", (Verb.FINAL,),
        takes_and("250 2.0.0 taken", "421 4.3.2 shutting down"),
        Outcome.SENT, EmailState.SENT, "A 421 may come at any time and takes nothing back.", taken=1,
    ),
)  # fmt: skip

BEFORE_THE_DOT = (
    Case(
        "asks for the letter and accepts it in one breath", (Verb.DATA,),
        usually_and("250 2.0.0 taken"), Outcome.UNKNOWN, EmailState.UNKNOWN,
        "Read as the answer to the final dot it would mean *sent*. The dot is not sent, and the "
        "acceptance is not believed.", phases=NOTICED,
    ),
    Case(
        "asks for the letter and refuses it in one breath (4yz)", (Verb.DATA,),
        usually_and("451 4.3.0 out of memory"), Outcome.TEMPORARY, EmailState.RETRY,
        "Without its final dot the letter is surely not accepted, so the refusal counts.",
        phases=NOTICED,
    ),
    Case(
        "asks for the letter and refuses it in one breath (5yz)", (Verb.DATA,),
        usually_and("552 5.3.4 message too big"), Outcome.BLOCK, EmailState.HELD,
        "Without its final dot the letter is surely not accepted, so the refusal counts.",
        phases=NOTICED,
    ),
    Case(
        "asks for the letter and says farewell (421) in its middle", (Verb.DATA,),
        usually_and("421 4.3.2 shutting down"), Outcome.TEMPORARY, EmailState.RETRY,
        "Without its final dot the letter is surely not accepted, so the refusal counts.",
        phases=NOTICED,
    ),
    Case(
        "asks for the letter and closes", (Verb.DATA,), Manner.AND_CLOSE,
        Outcome.UNKNOWN, EmailState.UNKNOWN, MAY_BE_TAKEN,
    ),
)  # fmt: skip

FAREWELLS = (
    Case(
        "answers and closes", (Verb.CONNECT, Verb.EHLO, Verb.STARTTLS), Manner.AND_CLOSE,
        Outcome.ACCOUNT, EmailState.RETRY, NOTHING_BEGAN, phases=NOTICED,
    ),
    Case(
        "answers and closes", (Verb.AUTH, Verb.MAIL), Manner.AND_CLOSE,
        Outcome.TEMPORARY, EmailState.RETRY, NOTHING_HANDED_OVER, phases=NOTICED,
    ),
    Case(
        "answers and closes", (Verb.FINAL, Verb.QUIT), Manner.AND_CLOSE,
        Outcome.SENT, EmailState.SENT, "The final dot was answered.", taken=1,
    ),
    Case(
        "says farewell (421)", (*OPENING, Verb.MAIL), "421 4.3.2 shutting down",
        Outcome.ACCOUNT, EmailState.RETRY, NOTHING_BEGAN, phases=ANSWERED,
    ),
    Case(
        "says farewell (421)", (Verb.RCPT, *LETTER), "421 4.3.2 shutting down",
        Outcome.TEMPORARY, EmailState.RETRY, "A clear refusal: the letter was not taken.",
        phases=ANSWERED,
    ),
    *(
        Case(
            does, (Verb.QUIT,), how, Outcome.SENT, EmailState.SENT,
            "The letter was recorded before the farewell, which is not waited for long.", taken=1,
            waits=how is Mishap.HANG,
        )
        for does, how in (
            ("hangs", Mishap.HANG),
            ("closes the connection", Mishap.CLOSE),
            ("answers twice", Manner.TWICE),
            ("refuses to part", "500 5.5.1 stay"),
        )
    ),
)  # fmt: skip

AT_THE_DOOR = tuple(
    Case(
        does, (Verb.RCPT,), deed, Outcome.TEMPORARY, EmailState.RETRY,
        "It is seen before DATA is sent. Nothing was begun.",
    )
    for does, deed in (
        ("says farewell (421) while the letter stands at the door", says("421 4.3.2 shutting down")),
        ("answers once more while the letter stands at the door", says("250 2.1.5 fine")),
        ("changes its mind while the letter stands at the door", says("550 5.1.1 user unknown")),
        ("hangs up while the letter stands at the door", closes),
    )
)  # fmt: skip

CLEAR = "A clear refusal of a letter that was not taken; the rules of outcomes decide."
REFUSALS = tuple(
    Case(f"says {reply}", verbs, reply, outcome, state, CLEAR, phases=ANSWERED)
    for reply, verbs, outcome, state in (
        ("554 5.3.2 no service here", (Verb.CONNECT, Verb.EHLO), Outcome.ACCOUNT, EmailState.RETRY),
        ("454 4.7.0 TLS not available", (Verb.STARTTLS,), Outcome.ACCOUNT, EmailState.RETRY),
        ("535 5.7.8 not accepted", (Verb.AUTH,), Outcome.ACCOUNT, EmailState.RETRY),
        ("454 4.7.0 not now", (Verb.AUTH,), Outcome.ACCOUNT, EmailState.RETRY),
        ("451 4.3.0 try later", (Verb.MAIL,), Outcome.ACCOUNT, EmailState.RETRY),
        ("550 5.4.5 daily sending quota", (Verb.MAIL,), Outcome.ACCOUNT, EmailState.RETRY),
        ("451 4.3.0 try later", (Verb.RCPT, *LETTER), Outcome.TEMPORARY, EmailState.RETRY),
        ("550 5.1.1 user unknown", (Verb.RCPT, *LETTER), Outcome.HARD, EmailState.BOUNCED),
        ("550 5.7.1 blocked as spam", (Verb.RCPT, *LETTER), Outcome.BLOCK, EmailState.HELD),
        ("550 5.7.60 not your sender", (Verb.RCPT, *LETTER), Outcome.ACCOUNT, EmailState.RETRY),
    )
)

TLS = tuple(
    Case(
        does, (verb,), how, Outcome.ACCOUNT, EmailState.RETRY,
        "Neither password nor letter travels without TLS and the right name.",
        phases=dict.fromkeys(Verb, Phase.TLS), waits=does.startswith("hangs"),
    )
    for does, verb, how in (
        ("does not offer STARTTLS", Verb.EHLO, says("250-scripted", "250 AUTH PLAIN")),
        ("answers the handshake with rubbish", Verb.STARTTLS, talks_rubbish_instead_of_tls),
        ("hangs in the handshake", Verb.STARTTLS, hangs_in_the_handshake),
        ("hangs up in the handshake", Verb.STARTTLS, leaves_in_the_handshake),
        ("hangs up after the handshake", Verb.STARTTLS, leaves_after_the_handshake),
        ("hangs at the first word under TLS", Verb.EHLO, under_tls(hangs)),
        ("shows another host's certificate", Verb.STARTTLS, shows_certificate("elsewhere")),
        ("shows a certificate that nobody vouches for", Verb.STARTTLS, shows_certificate("stranger")),
    )
)  # fmt: skip

RESETS = tuple(
    Case(
        does, (Verb.RSET,), how, Outcome.SENT, EmailState.SENT,
        "Before the next letter a new connection is opened; no two letters are mixed up.",
        taken=1, phases=SENT, waits=how is Mishap.HANG,
    )
    for does, how in (
        ("hangs", Mishap.HANG),
        ("closes the connection", Mishap.CLOSE),
        ("refuses to forget the letter before", "500 5.5.1 what?"),
        ("says farewell (421)", "421 4.3.2 shutting down"),
        ("answers twice", Manner.TWICE),
        ("answers and closes", Manner.AND_CLOSE),
    )
)  # fmt: skip

CASES = (*SILENT, *ODD, *TWICE, *BEFORE_THE_DOT, *FAREWELLS, *REFUSALS, *TLS, *RESETS)
ALL = (*CASES, *AT_THE_DOOR)
