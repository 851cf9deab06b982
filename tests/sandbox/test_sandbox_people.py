"""Who the people are and what they do is drawn from the seed, and nothing is left out."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from marketing_agent.sandbox.behaviours import ROUND, SHARES, Behaviour, choose, deal
from marketing_agent.sandbox.person import draw_person
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.texts import Language, Topic, pick

ADDRESSES = [f"person{number}@mill{number % 40}.example" for number in range(3000)]


def test_the_same_seed_gives_the_same_world() -> None:
    assert choose(1, "Ada@Mill.example") is choose(1, "ada@mill.example")
    assert draw_person(1, "x1@mill.example") == draw_person(1, "x1@mill.example")
    worlds = [[choose(seed, address) for address in ADDRESSES] for seed in (1, 1, 2)]
    assert worlds[0] == worlds[1] != worlds[2]


def test_shares_are_kept() -> None:
    counts = Counter(choose(7, address) for address in ADDRESSES)
    assert set(counts) == set(Behaviour) == set(SHARES)
    assert counts[Behaviour.SILENT] / len(ADDRESSES) == pytest.approx(0.56, abs=0.04)
    assert counts[Behaviour.INTERESTED] / len(ADDRESSES) == pytest.approx(0.035, abs=0.015)


@pytest.mark.parametrize("seed", range(5))
def test_every_round_of_a_deal_shows_every_behaviour(seed: int) -> None:
    dealt = deal(seed, ADDRESSES[: 2 * ROUND])
    for start in (0, ROUND):
        of_round = Counter(dealt[address] for address in ADDRESSES[start : start + ROUND])
        assert set(of_round) == set(Behaviour)
        assert of_round[Behaviour.SILENT] > ROUND / 2


def test_a_deal_reaches_an_incomplete_round() -> None:
    assert len(deal(1, ADDRESSES[: ROUND + 5])) == ROUND + 5


def test_a_behaviour_can_be_forced() -> None:
    personas = Personas(1, {"Ada@Mill.example": Behaviour.COMPLAINT})
    assert personas.behaviour("ada@mill.example") is Behaviour.COMPLAINT
    assert personas.behaviour("bob@mill.example") is choose(1, "bob@mill.example")


def test_a_name_is_read_from_the_address_or_drawn() -> None:
    ada = draw_person(1, "ada.adler+tag@old-mill.example")
    assert (ada.name, ada.company) == ("Ada Adler", "Old Mill")
    assert ada.alias == "a.adler@old-mill.example"
    assert ada.colleague_address.endswith("@old-mill.example")
    assert ada.colleague_address.isascii()
    assert draw_person(1, "office@old-mill.example").name.count(" ") == 1


@pytest.mark.parametrize(
    ("behaviour", "reply"),
    [
        (Behaviour.REFUSED_UNKNOWN, "550 5.1.1"),
        (Behaviour.REFUSED_BLOCKED, "550 5.7.1"),
        (Behaviour.REFUSED_FULL, "452 4.2.2"),
        (Behaviour.GREYLISTED, "451 4.7.1"),
    ],
)
def test_servers_refuse_at_the_door(behaviour: Behaviour, reply: str) -> None:
    personas = Personas(1, {"ada@mill.example": behaviour})
    assert (personas.refusal("ada@mill.example", None) or "").startswith(reply)
    assert personas.refusal("ada@mill.example", timedelta(minutes=5)) is not None
    later = personas.refusal("ada@mill.example", timedelta(minutes=30))
    assert (later is None) is (behaviour is Behaviour.GREYLISTED)


def test_others_are_let_in() -> None:
    assert Personas(1, {"a@b.example": Behaviour.BOUNCE_FULL}).refusal("a@b.example", None) is None


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("language", Language)
def test_there_are_words_for_every_topic(topic: Topic, language: Language) -> None:
    assert pick(topic, language, Random(1))  # noqa: S311  a made-up world, no secret
