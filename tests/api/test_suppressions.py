"""Lists of addresses and domains that must not be written to, over HTTP."""

import json
from datetime import timedelta

from api.world import NOW, Asker, World
from marketing_agent.engine.values import Stage
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.workers.clock import SimulatedClock

LIST = b"email\nada@firma.example\nloewe.example\nno such thing\n"


def send(admin: Asker, content: bytes) -> tuple[int, dict[str, object]]:
    response = admin.ask("POST", "/api/suppressions/import", raw=content, kind="text/csv")
    return response.status_code, json.loads(response.content)


def test_a_list_is_suppressed_and_again_only_what_is_missing(
    admin: Asker, world: World, clocked: SimulatedClock
) -> None:
    status, found = send(admin, LIST)
    assert (status, found["read"], found["added"], found["already_there"]) == (200, 3, 2, 0)
    (refused,) = json.loads(json.dumps(found["refused"]))
    assert refused["line"] == 4
    assert Prospect.objects.get(pk=world.prospect.pk).stage == Stage.SUPPRESSED
    assert set(Suppression.objects.filter(cause="import").values_list("key", flat=True)) == {
        "ada@firma.example",
        "loewe.example",
    }
    clocked.move_to(NOW + timedelta(minutes=1))
    status, found = send(admin, LIST)
    assert (status, found["added"], found["already_there"]) == (200, 0, 2)


def test_an_empty_list_is_refused(admin: Asker) -> None:
    assert send(admin, b"")[0] == 422
