"""Calls that gave away or changed what they should not."""

import json

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client

from api.calls import reads
from api.world import SECRET, Asker, World, token
from marketing_agent.accounts.models import ApiToken

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    """Write the whole store down, but for when a token was last used."""
    ApiToken.objects.update(last_used_at=None)
    models = [each for each in apps.get_models() if each.__module__.startswith("marketing_agent")]
    return "".join(serializers.serialize("json", each.objects.order_by("pk")) for each in models)


def test_no_link_changes_anything_whoever_follows_it(world: World, admin: Asker) -> None:
    before = everything_stored()
    for call in reads():
        admin.get(call.url(world))
    assert everything_stored() == before


def test_no_call_gives_a_password_away(world: World, admin: Asker) -> None:
    password = SECRET.split("|", 1)[1].rpartition("|localhost|1465")[0]
    assert password == "pass|word"
    for call in reads():
        assert password not in admin.get(call.url(world)).content.decode(), str(call)


def test_the_log_in_leads_to_our_own_page_whatever_the_address_says(world: World) -> None:
    del world
    plain = token("read")
    for wish in ("?next=https://elsewhere.example/", "?next=//elsewhere.example"):
        answer = Client().post(f"/login{wish}", {"token": plain})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_problem_shows_no_inside_of_the_program(stranger: Asker) -> None:
    said = json.loads(stranger.get("/api/debug").content)
    assert said["status"] == 401
    assert "Traceback" not in str(said)
