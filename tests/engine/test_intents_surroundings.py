"""French and Spanish words that mean one thing told and another asked, and refusals dressed as a yes."""

import pytest

from marketing_agent.engine.intents import read_intent
from marketing_agent.engine.values import Intent

BY_SURROUNDINGS = {
    Intent.QUESTION: [
        "Est-ce que les clients peuvent se désabonner tout seuls des newsletters ?",
        "¿Cómo se da de baja uno al terminar el contrato?",
        "Votre outil gère-t-il les congés payés ?",
        "¿Vuestra herramienta gestiona las vacaciones de los empleados?",
        "L'essai gratuit dure combien de temps ?",
        "¿Cuánto dura la prueba gratuita?",
        "¿Admite las tarjetas que ya tenemos?",
    ],
    Intent.OPT_OUT: [
        "Pouvez-vous me désinscrire svp ?",
        "¿Me podéis dar de baja por favor?",
        "Perdez mon adresse.",
        "Que sea el último mensaje.",
        "Je ne veux pas de démo, je veux que vous arrêtiez de m'écrire.",
        "No quiero ninguna llamada ni demo, quiero que me borren.",
        "¿Quieren llamarme mañana? Mejor bórrenme de su base.",
        "Appelez-moi encore une fois et je porte plainte.",
    ],
    Intent.OUT_OF_OFFICE: ["Cabinet fermé pour congés", "De baja médica, no leo el correo."],
    Intent.MEETING_REQUEST: ["Mardi 10h nous va bien", "El martes a las 10 nos va bien"],
    Intent.NOT_INTERESTED: [
        "Notre agence actuelle nous va très bien.",
        "Trabajamos con un vecino y nos va estupendamente.",
        "On a testé votre version d'essai, ça ne nous a pas convaincus.",
        "Me encantó la demo, pero el comité eligió a otro proveedor.",
        "Muy buena pinta, lástima que no lo necesitemos.",
    ],
    Intent.INTERESTED: [
        "Notre contrat se termine bientôt, faites-nous une offre svp",
        "J'ai déjà vu votre démo sur le salon et j'ai adoré, envoyez un devis.",
    ],
}


@pytest.mark.parametrize(
    ("intent", "text"),
    [(intent, text) for intent, texts in BY_SURROUNDINGS.items() for text in texts],
)
def test_a_word_is_read_by_what_stands_around_it(intent: Intent, text: str) -> None:
    assert read_intent(text).intent is intent
