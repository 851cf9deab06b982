"""What the writer wrote, without what is answered; in linear time."""

from collections.abc import Callable
from time import monotonic, process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.mail.strip import strip_html, strip_reply

OLD = "> Hello Jane,\n> a question.\n"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, May 6, 2031 at 9:08 AM Max Muster <max@acme.example> wrote:",
        "On Tue, May 6, 2031 at 9:08 AM, Max\nMuster <max@acme.example>\nwrote:",
        "Am 06.05.2031 um 09:08 schrieb Max Muster:",
        "Am 06.05.2031 09:08 schrieb Max Muster <max@acme.example>:",
        "Le 6 mai 2031 à 09:08, Max Muster <max@acme.example> a écrit :",
        "El mar, 6 may 2031 a las 9:08, Max Muster (<max@acme.example>) escribió:",
        "Il giorno mar 6 mag 2031 alle ore 09:08 Max Muster ha scritto:",
        "Op di 6 mei 2031 om 09:08 schreef Max Muster <max@acme.example>:",
        "Em ter., 6 de mai. de 2031 às 09:08, Max Muster escreveu:",
        "Den tis 6 maj 2031 kl 09:08 skrev Max Muster <max@acme.example>:",
        "2031-05-06 9:08 GMT+02:00 Max Muster <max@acme.example>:",
        "Max Muster <max@acme.example> schrieb am Di., 6. Mai 2031, 09:08:",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "From: Max Muster\nSent: Tuesday, May 6, 2031 9:08 AM\nTo: Jane\nSubject: Question",
        "Von: Max Muster\nGesendet: Dienstag, 6. Mai 2031 09:08\nAn: Jane\nBetreff: Frage",
        "De : Max Muster\nEnvoyé : mardi 6 mai 2031 09:08\nÀ : Jane\nObjet : Question",
        "________________________________\nFrom: Max <max@acme.example>\nTo: Jane\nSubject: x",
    ],
)
@pytest.mark.parametrize("old", [OLD, OLD.replace("> ", "")])
def test_what_is_answered_goes(introduction: str, old: str) -> None:
    assert strip_reply(f"Yes, gladly.\nJane\n\n{introduction}\n\n{old}") == "Yes, gladly.\nJane"


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to you that we want it.\nPlease call.",
        "From: me. To: you. That was quick!",
        "Sent from my desk, it is easier.",
        "I said:\nno, not now.",
        "3 > 2 and a | b",
        "We open at 9:00, see http://client.example",
        "Delivery: tomorrow\nPrice: 20",
    ],
)
def test_a_persons_own_words_stay(text: str) -> None:
    assert strip_reply(text) == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJane Doe\nDirector",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Get Outlook for iOS",
    ],
)
def test_a_signature_goes(signature: str) -> None:
    assert strip_reply(f"No, thank you.\n\n{signature}") == "No, thank you."


def test_an_answer_below_the_quote_is_kept() -> None:
    text = f"On May 6, 2031, at 9:08, Max wrote:\n{OLD}\nNot interested.\n"
    assert strip_reply(text) == "Not interested."


def test_an_answer_between_quotes_is_kept() -> None:
    assert strip_reply("> Shall we talk?\nYes.\n> When?\nMonday.\n") == "Yes.\nMonday."


def test_nothing_but_a_quote_is_nothing() -> None:
    assert strip_reply(OLD) == ""


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote">On Tue, Max wrote:<blockquote>Hello Jane</blockquote></div>',
        '<blockquote type="cite"><div>Hello Jane</div></blockquote>',
        '<hr><div id="divRplyFwdMsg">From: Max</div><div>Hello Jane</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">From: Max<br>Sent: x</div>Hello Jane',
        "<p>On Tue, May 6, 2031 at 9:08 AM Max wrote:</p><p>Hello Jane</p>",
    ],
)
def test_quotes_in_html_go(quote: str) -> None:
    assert strip_html(f"<html><body><p>Yes,<br>gladly.</p>{quote}</body></html>") == "Yes,\ngladly."


@given(st.text(max_size=500))
def test_any_text_has_a_reply(text: str) -> None:
    assert isinstance(strip_reply(text), str)
    assert isinstance(strip_html(text), str)


HOSTILE = (
    "On ",
    "On\n",
    "> On ",
    "On 1 <a@b> ",
    "wrote: ",
    "-",
    " ",
    "-- On Mon ",
    "> ",
    "\n",
    "On Mon, Max\n",
    "a@b.c\n",
    "<",
    "_\n",
    ">>> 9:08 >>>\n",
    "From: a@b.c\n",
    "From: a Sent: b ",
    "On 2 on 3 on 4 a@b wrote:\n",
    "C> a\n",
    "> (http://a\n\n",
    "This e-mail and any confidential\n\n",
    "> q\n\nAnswer\n\n",
    "Sent from my iPhone\n",
    "<div>",
    "<blockquote>",
    "<div class=gmail_quote>",
    "<blockquote><div class=gmail_quote>",
)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("strip", [strip_reply, strip_html])
def test_sixty_kilobytes_take_no_time(piece: str, strip: object) -> None:
    text = piece * (60_000 // len(piece))
    assert callable(strip)
    strip("warm up")
    started = monotonic()
    strip(text)
    # 50 ms are the aim; the margin is for a busy machine. Quadratic code takes 20 s and more.
    assert monotonic() - started < 3


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("strip", [strip_reply, strip_html])
def test_four_times_the_text_takes_no_sixteen_times_the_time(
    piece: str, strip: Callable[[str], str]
) -> None:
    once, fourfold = (_quickest(strip, piece * (size // len(piece))) for size in (60_000, 240_000))
    assert fourfold < 10 * once + 0.02


def _quickest(strip: Callable[[str], str], text: str) -> float:
    return min(_seconds(strip, text) for _ in range(3))


def _seconds(strip: Callable[[str], str], text: str) -> float:
    started = process_time()
    strip(text)
    return process_time() - started
