"""Readings beside the intent itself: days, persons, machines, other languages, and hostile texts."""

import time
from datetime import date

import pytest

from marketing_agent.engine.dates import back_on, wanted_from
from marketing_agent.engine.intents import Contact, fold, read_intent
from marketing_agent.engine.values import Intent

TODAY = date(2026, 4, 15)  # a Wednesday

ELSEWHERE = {
    Intent.OPT_OUT: [
        "Proszę mnie wypisać z listy",
        "Odhlaste mě prosím",
        "Nepíšte mi, prosím",
        "Sluta mejla mig",
        "Fjern mig fra listen",
        "Meld meg av",
        "Poistakaa minut listalta",
        "Kérem, iratkozzon le, ne írjon többet",
        "Vă rog să mă ștergeți",
        "Моля, изтрийте ме",
        "Διαγράψτε με από τη λίστα",
        "Отпишите меня от рассылки",
        "Видаліть мене зі списку",
        "Lütfen beni silin",
        "配信停止をお願いします",
        "请不要再发邮件给我",
        "수신거부 해주세요",
        "توقفوا عن مراسلتي",
        "הסירו אותי מהרשימה",
        "Odjavite me",
        "Ne pošiljajte mi več",
        "Ärge saatke enam",
        "Nesūtiet man",
        "Nesiųskite man laiškų",
        "No vull rebre més correus",
    ],
    Intent.NOT_INTERESTED: [
        "Nie jestem zainteresowany",
        "Nej tack",
        "Неинтересно",
        "不感兴趣",
        "興味がありません",
        "관심 없습니다",
        "Nem érdekel",
    ],
    Intent.OUT_OF_OFFICE: ["Jag är på semester", "Я в отпуске", "休暇中です", "부재중입니다"],
}


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, row in ELSEWHERE.items() for text in row]
)
def test_silence_refusal_and_absence_are_heard_in_any_language(text: str, intent: Intent) -> None:
    assert read_intent(text).intent is intent
    assert read_intent(text.upper()).intent is intent


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Back on 12 May", (2026, 5, 12)),
        ("away until 11 May", (2026, 5, 11)),
        ("I am away through 11 May", (2026, 5, 12)),
        ("bis einschließlich 11. Mai", (2026, 5, 12)),
        ("jusqu'au 11 mai inclus", (2026, 5, 12)),
        ("tot en met 11 mei", (2026, 5, 12)),
        ("ich bin ab dem 5. Mai wieder im Büro", (2026, 5, 5)),
        ("je serai de retour le lundi 3 juin", (2026, 6, 3)),
        ("vom 3. bis 14. Juni nicht im Haus", (2026, 6, 14)),
        ("from June 3 to 14", (2026, 6, 14)),
        ("back Monday", (2026, 4, 20)),
        ("terug op 26-5", (2026, 5, 26)),
        ("regreso el 7/ene/2027", (2027, 1, 7)),
        ("on parental leave until January 2027", (2027, 1, 1)),
        ("back at work tomorrow", (2026, 4, 16)),
    ],
)
def test_the_day_of_return_is_read(text: str, day: tuple[int, int, int]) -> None:
    assert back_on(fold(text), TODAY) == date(*day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("get back to me in Q3", (2026, 7, 1)),
        ("try again next quarter", (2026, 7, 1)),
        ("next year please", (2027, 1, 1)),
        ("in 3 Monaten", (2026, 7, 15)),
        ("dans trois mois", (2026, 7, 15)),
        ("in six weeks", (2026, 5, 27)),
        ("à la rentrée", (2026, 9, 1)),
        ("after the summer", (2026, 9, 1)),
        ("im zweiten Halbjahr", (2026, 7, 1)),
        ("melden Sie sich in KW 23", (2026, 6, 1)),
        ("em outubro", (2026, 10, 1)),
        ("volgend jaar", (2027, 1, 1)),
        ("a finales de mayo", (2026, 5, 31)),
        ("mid-June", (2026, 6, 15)),
        ("nach Ostern", (2027, 3, 30)),
        ("in the new year", (2027, 1, 1)),
        ("im Herbst", (2026, 9, 1)),
    ],
)
def test_the_time_that_is_named_begins_with_its_first_day(
    text: str, day: tuple[int, int, int]
) -> None:
    assert wanted_from(fold(text), TODAY) == date(*day)


@pytest.mark.parametrize(
    "text", ["ask again in 2031", "in 99 years", "31.02.2026", "in 300 months"]
)
def test_nonsense_and_the_far_future_are_no_time(text: str) -> None:
    assert wanted_from(fold(text), TODAY) is None


def test_without_today_only_full_dates_are_read() -> None:
    assert read_intent("Not now, ask me next month.").until is None
    assert read_intent("I am out of the office until 21 March 2027.").until == date(2027, 3, 21)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        (
            "Please contact Anna Meyer, anna.meyer@example.com",
            ("Anna Meyer", "anna.meyer@example.com"),
        ),
        ("Bitte wenden Sie sich an Frau Berg.", ("Berg", None)),
        ("try accounts@example.net instead", (None, "accounts@example.net")),
        ("J'ai transmis à M. Delorme.", ("Delorme", None)),
        (
            "I am out of the office. In urgent cases contact Priya Nair (priya.nair@example.com).",
            ("Priya Nair", "priya.nair@example.com"),
        ),
    ],
)
def test_the_other_person_is_named(text: str, contact: tuple[str | None, str | None]) -> None:
    assert read_intent(text).contact == Contact(*contact)


def test_neither_our_address_nor_the_writers_signature_is_a_contact() -> None:
    text = "Please contact us@example.com or Bob.\n\nBest regards\nJane Doe\njane@example.org"
    found = read_intent(
        text, own=frozenset({"us@example.com", "jane@example.org"}), writer="Jane Doe"
    )
    assert found.contact is None or found.contact.address is None


@pytest.mark.parametrize(
    "text", ["Thanks, we are interested! Call us.", "What does it cost?", "Yes please", "Not now."]
)
def test_a_machine_agrees_to_nothing(text: str) -> None:
    assert read_intent(text, automatic=True).intent is Intent.UNCLEAR


@pytest.mark.parametrize(
    "subject", ["unsubscribe", "Re: STOP", "Abmelden", "désinscription", "baja"]
)
def test_a_subject_alone_asks_for_silence(subject: str) -> None:
    assert read_intent("Sent from my phone", subject=subject).intent is Intent.OPT_OUT
    assert read_intent("", subject=subject).intent is Intent.OPT_OUT


def test_the_subject_of_our_letter_says_nothing() -> None:
    assert read_intent("Thanks.", subject="Re: How to stop losing guests").intent is Intent.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "I delete most of these. This one is good, send me the brochure.",
        "It's not that we don't want it. Send us a quote.",
        "No problem, Tuesday at 10 works.",
    ],
)
def test_a_yes_with_a_negation_in_it_stays_one(text: str) -> None:
    assert read_intent(text).intent in {Intent.INTERESTED, Intent.MEETING_REQUEST}


@pytest.mark.parametrize(
    "text",
    [
        "It looks brilliant. Sadly the partners voted it down.",
        "C'est alléchant, seulement notre direction a choisi un concurrent.",
        "Klinkt fantastisch, alleen hebben wij er niets aan.",
        "Je souhaite que mes informations soient supprimées.",
        "Ja klar, und morgen kommt der Weihnachtsmann.",
        "Sounds amazing, but we went with somebody else.",
    ],
)
def test_praise_that_is_taken_back_is_no_yes(text: str) -> None:
    assert read_intent(text).intent not in {Intent.INTERESTED, Intent.MEETING_REQUEST}


HOSTILE = [
    "\n",
    "\n ",
    " ",
    "stop ",
    "no more mails ",
    "Aa ",
    "a@",
    "1.2.",
    "in 3 weeks ",
    "f*",
    "Herr ",
    "why not ",
    "\N{THUMBS UP SIGN}",
    "Ask Anna, ",
    "配信",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    read_intent("warm up on 3 May, ask anna@example.com", today=TODAY)
    text = (piece * 60_000)[:60_000]
    started = time.process_time()
    read_intent(text, subject=text, today=TODAY)
    assert time.process_time() - started < 0.5
