"""The same thing done on two ways, with two results."""

from datetime import timedelta

import pytest

from api.world import Asker, World
from inbound.scene import BY, NOW, a_campaign, a_prospect, a_scene, mail, receive
from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.inbound.actions import classify
from marketing_agent.prospects.models import Prospect

pytestmark = pytest.mark.django_db


def enrolled(prospect: Prospect, campaign: Campaign) -> Enrollment:
    """Write a prospect's way through a campaign."""
    facts = {"next_step": 2, "next_due_at": NOW + timedelta(days=1)}
    stamps = {"created_at": NOW, "updated_at": NOW}
    return Enrollment.objects.create(prospect=prospect, campaign=campaign, **facts, **stamps)


def test_a_person_s_reading_of_a_mail_has_the_consequences_of_the_rules() -> None:
    scene = a_scene()
    colleague = enrolled(a_prospect("otto@hotel.example"), a_campaign())
    away = {"In_Reply_To": f"<{scene.letter.message_id}>", "Auto_Submitted": "auto-replied"}
    [item] = receive(mail("Thank you. Otto and I will look at it.", **away))
    assert (item.kind, scene.sequence().state) == ("auto_reply", "active")
    classify(item.public_id, "interested", BY, NOW)
    colleague.refresh_from_db()
    assert (scene.stage(), scene.sequence().state) == ("engaged", "stopped")
    assert colleague.state == "stopped"


def test_a_prospect_is_shown_in_every_state_that_its_sequence_can_have(
    world: World, admin: Asker
) -> None:
    way = enrolled(world.prospect, world.campaign)
    for state in ("active", "waiting", "finished", "stopped"):
        Enrollment.objects.filter(pk=way.pk).update(state=state)
        shown = admin.json("GET", f"/api/prospects/{world.prospect.public_id}")
        assert shown["campaigns"][0]["state"] == state
        [campaign] = admin.json("GET", "/api/campaigns")["campaigns"]
        assert campaign[state] == 1
