"""The words of a suggested answer."""

import pytest

from marketing_agent.engine.intents.languages import language_of
from marketing_agent.engine.values import Intent
from marketing_agent.inbound.suggest import Signature, answer_subject, name_of, suggested_text

ADA = Signature("Ada Lund", "Example Ltd", "")
SAID = {
    "en": "Yes, please tell me more about it, this sounds good for our team.",
    "de": "Das klingt gut, bitte schicken Sie mir mehr Informationen.",
    "fr": "Oui, je suis intéressé, pouvez-vous nous envoyer une brochure ?",
    "es": "Sí, me interesa mucho, envíeme más información para nuestro hotel.",
    "it": "Sì, sono interessato, mi mandi il materiale per la nostra azienda.",
    "nl": "Ja graag, stuur ons meer informatie, wij zijn benieuwd naar het aanbod.",
    "pt": "Sim, estou interessado, envie-nos mais informação, muito obrigado.",
}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("intent", [Intent.INTERESTED, Intent.MEETING_REQUEST])
@pytest.mark.parametrize("name", ["", "Nina Berg"])
def test_every_language_has_its_words(language: str, intent: Intent, name: str) -> None:
    text = suggested_text(intent, SAID[language], name, ADA)
    greeting, said, closing = text.split("\n\n")
    assert language_of(SAID[language]) == language
    assert greeting[-1] in ",:"
    assert "{" not in text
    assert said[-1] in "?."
    assert closing.endswith("\nAda Lund\nExample Ltd\n")
    assert ("Nina" in greeting) == bool(name)


def test_a_booking_link_takes_the_place_of_a_question() -> None:
    text = suggested_text(
        Intent.MEETING_REQUEST, SAID["en"], "", Signature("Ada", "", "https://example.com/meet")
    )
    assert "You can choose a time here: https://example.com/meet" in text
    assert "Which" not in text


@pytest.mark.parametrize(
    "intent", sorted(set(Intent) - {Intent.INTERESTED, Intent.MEETING_REQUEST})
)
def test_nothing_is_suggested_to_anybody_else(intent: Intent) -> None:
    assert suggested_text(intent, SAID["en"], "", ADA) == ""


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Your bookings", "Re: Your bookings"),
        ("Re: Your bookings", "Re: Your bookings"),
        ("AW: Re: RE[2]: Your bookings", "Re: Your bookings"),
        ("SV: Antw: Odp: x", "Re: x"),
        ("Reason: none", "Re: Reason: none"),
        ("回复\uff1a您好", "Re: 您好"),
        ("", "Re:"),
    ],
)
def test_the_subject_has_one_mark_of_an_answer(subject: str, answer: str) -> None:
    assert answer_subject(subject) == answer


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Nina Berg", "Nina Berg"),
        ("Berg, Nina", "Nina Berg"),
        ("Reception", ""),
        ("nina@hotel.example", ""),
        ("N. Berg / Hotel", ""),
        ("", ""),
    ],
)
def test_a_name_is_spoken_first_name_first_and_no_department_is_one(
    written: str, name: str
) -> None:
    assert name_of(written) == name
