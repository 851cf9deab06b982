import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.intents import fold, read_intent
from marketing_agent.engine.values import Intent

SAYINGS = {
    Intent.OPT_OUT: [
        "Please remove me from your list.",
        "STOP",
        "Unsubscribe",
        "Do not contact us again!",
        "Bitte löschen Sie meine Daten.",
        "Nehmen Sie mich aus dem Verteiler.",
        "Veuillez me désinscrire.",
        "Merci de ne plus me contacter.",
        "Quiero darme de baja.",
        "No me escriban más.",
        "Non desidero ricevere altre email.",
        "Graag uitschrijven.",
        "Não me envie mais emails.",
        "I was interested, but please take me off your list.",
    ],
    Intent.NOT_INTERESTED: [
        "Not interested.",
        "We are NOT interested, thank you.",
        "I'm no longer interested",
        "I wouldn't say I'm interested.",
        "No, thanks",
        "no",
        "Uninterested",
        "We're all set.",
        "Kein Interesse.",
        "Das interessiert uns leider nicht.",
        "Nein, danke.",
        "Wir haben keinen Bedarf.",
        "Nous ne sommes pas intéressés.",
        "Ce n\u2019est pas intéressant pour nous.",
        "Non merci",
        "No me interesa, gracias.",
        "No estamos interesados.",
        "Non siamo interessati.",
        "No, grazie",
        "Wij hebben geen interesse.",
        "Nee, bedankt",
        "Não temos interesse.",
        "Não, obrigado",
    ],
    Intent.INTERESTED: [
        "I'm interested.",
        "Yes please!",
        "Sounds good, tell me more",
        "I can't wait to hear more.",
        "No problem, send me some details",
        "Interested. What does it cost?",
        "Klingt interessant, schicken Sie mir bitte mehr.",
        "Warum nicht? Das interessiert mich.",
        "Cela m'intéresse.",
        "Me interesa, cuénteme más.",
        "Mi interessa.",
        "Ik ben geïnteresseerd.",
        "Tenho interesse, mande mais detalhes.",
    ],
    Intent.MEETING_REQUEST: [
        "Let's schedule a call on Tuesday.",
        "Why don't we have a call?",
        "Interested! Call me tomorrow.",
        "Können wir einen Termin vereinbaren?",
        "Pouvons-nous prendre rendez-vous ?",
        "¿Podemos hablar el jueves?",
        "Mi chiami domani.",
        "Zullen we een afspraak maken?",
        "Podemos marcar uma reunião?",
    ],
    Intent.NOT_NOW: [
        "Not right now, maybe next year.",
        "We are not interested at the moment.",
        "Interested, but not now.",
        "Derzeit kein Interesse, melden Sie sich wieder.",
        "Pas pour le moment.",
        "Ahora no.",
        "Al momento no.",
        "Op dit moment niet.",
        "Neste momento não.",
    ],
    Intent.OUT_OF_OFFICE: [
        "I am out of the office until Monday. In urgent cases please contact Bob.",
        "Ich bin bis 3. März im Urlaub.",
        "Je suis en congé jusqu'au 3 mars.",
        "Estoy fuera de la oficina.",
        "Sono fuori ufficio.",
        "Ik ben met vakantie.",
        "Estou de férias.",
    ],
    Intent.REFERRAL: [
        "I'm not the right person, please contact anna@example.com.",
        "I have forwarded this to Anna.",
        "Bitte wenden Sie sich an Frau Berg.",
        "Veuillez contacter ma collègue.",
        "Contacte con Ana.",
        "Si rivolga ad Anna.",
        "Neem contact op met Anna.",
        "Fale com a Ana.",
    ],
    Intent.WRONG_PERSON: [
        "You have the wrong person.",
        "She no longer works here.",
        "Ich bin nicht zuständig.",
        "Elle ne travaille plus ici.",
        "Ya no trabaja aquí.",
        "Non lavora più qui.",
        "Hij werkt niet meer hier.",
        "Ela já não trabalha aqui.",
    ],
    Intent.QUESTION: [
        "How much is it?",
        "Which systems do you work with?",
        "Was kostet das?",
        "Combien ça coûte ?",
        "¿Cuánto cuesta?",
        "Quanto costa?",
        "Wat kost het?",
        "Quanto custa?",
    ],
    Intent.UNCLEAR: ["", "   ", "Thanks.", "Received.", "We don't have time for a call", "👍"],
}
CASES = [(text, intent) for intent, texts in SAYINGS.items() for text in texts]


@pytest.mark.parametrize(("text", "intent"), CASES, ids=[text for text, _ in CASES])
def test_sayings(text: str, intent: Intent) -> None:
    assert read_intent(text).intent == intent


@pytest.mark.parametrize("text", SAYINGS[Intent.NOT_INTERESTED] + SAYINGS[Intent.OPT_OUT])
def test_a_refusal_stays_one_in_capitals_and_without_accents(text: str) -> None:
    for changed in (text.upper(), fold(text)):
        assert read_intent(changed).intent in {Intent.NOT_INTERESTED, Intent.OPT_OUT}


@given(st.sampled_from(SAYINGS[Intent.OPT_OUT]), st.sampled_from([text for text, _ in CASES]))
def test_an_opt_out_is_heard_whatever_else_is_said(opt_out: str, other: str) -> None:
    if opt_out in {"STOP", "Unsubscribe"}:
        opt_out = "Unsubscribe me."
    assert read_intent(f"{other}\n{opt_out}").intent is Intent.OPT_OUT


def test_evidence_and_confidence_say_what_the_reading_stands_on() -> None:
    firm = read_intent("Sounds good.")
    assert firm.evidence == ("sounds good",)
    mixed = read_intent("It sounds good. Still, no interest.")
    assert mixed.intent is Intent.NOT_INTERESTED
    assert mixed.confidence < firm.confidence
    assert read_intent("hm").confidence == 0


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert 0 <= read_intent(text).confidence <= 1
