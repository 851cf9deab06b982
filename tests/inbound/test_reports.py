"""Bounces and complaints: believed when they show a letter of ours, counted once."""

import pytest

from inbound.scene import NINA, NOW, a_scene, answer, complaint, mail, receive, report
from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.models import HealthReading, Pause
from marketing_agent.operations.models import Alert
from marketing_agent.outbox.models import Bounce, Complaint, Email
from marketing_agent.prospects.models import Suppression

pytestmark = pytest.mark.django_db


def suppressed() -> set[str]:
    return set(Suppression.objects.filter(lifted_at=None).values_list("key", flat=True))


def test_a_hard_bounce_suppresses_the_address_and_ends_the_sequence() -> None:
    scene = a_scene()
    [item] = receive(report(scene.letter))
    bounce = Bounce.objects.get()
    assert (bounce.type, bounce.status, bounce.address_key) == ("hard", "5.1.1", NINA)
    assert (bounce.item, bounce.email, bounce.inbox) == (item, scene.letter, scene.inbox)
    assert (item.kind, item.match) == ("bounce", "embedded")
    assert Email.objects.get().state == "bounced"
    assert (scene.stage(), scene.sequence().state, suppressed()) == ("bounced", "stopped", {NINA})


def test_a_block_keeps_the_prospect_and_pauses_the_provider() -> None:
    scene = a_scene()
    said = "5.7.1 message rejected as spam by policy, blocked"
    receive(report(scene.letter, status="5.7.1", said=said))
    assert Bounce.objects.get().type == "block"
    assert (suppressed(), scene.stage()) == (set(), "contacted")
    assert Pause.objects.get().provider == "hotel.example"


def test_a_full_mailbox_is_soft() -> None:
    scene = a_scene()
    receive(report(scene.letter, status="5.2.2", said="mailbox full"))
    assert (Bounce.objects.get().type, suppressed()) == ("soft", set())


def test_a_delay_is_no_failure() -> None:
    scene = a_scene()
    [item] = receive(report(scene.letter, action="delayed", status="4.4.1"))
    assert (item.state, Bounce.objects.count(), Email.objects.get().state) == (
        "processed",
        0,
        "sent",
    )
    assert "delayed" in item.reason


def test_a_report_that_shows_no_letter_of_ours_changes_nothing_and_is_shown() -> None:
    scene = a_scene()
    [item] = receive(report(None))
    assert (item.state, item.kind) == ("processed", "bounce")
    assert item.reason.startswith("matches no mail of ours")
    assert NINA in item.reason
    assert (Bounce.objects.count(), suppressed(), scene.stage()) == (0, set(), "contacted")


def test_a_report_in_the_name_of_the_prospect_is_not_believed_either() -> None:
    scene = a_scene()
    forged = report(None).replace(b"MAILER-DAEMON@mx.hotel.example", NINA.encode())
    receive(forged)
    assert (Bounce.objects.count(), scene.sequence().state) == (0, "active")


def test_the_same_failure_is_counted_once() -> None:
    scene = a_scene()
    receive(report(scene.letter), report(scene.letter, mark="2"))
    assert Bounce.objects.count() == 1
    receive(report(scene.letter, mark="3", status="5.2.2", said="mailbox full"))
    assert [each.type for each in Bounce.objects.all()] == ["hard", "soft"]


def test_a_report_settles_an_unknown_letter_as_bounced() -> None:
    scene = a_scene(state=EmailState.UNKNOWN)
    receive(report(scene.letter))
    assert Email.objects.get().state == "bounced"


def test_an_address_that_the_report_writes_otherwise_is_still_our_letter_s() -> None:
    scene = a_scene()
    receive(report(scene.letter, to="forwarded@elsewhere.example"))
    assert suppressed() == {NINA}


def test_a_complaint_suppresses_and_is_counted_once() -> None:
    scene = a_scene()
    receive(complaint(scene.letter))
    receive(complaint(scene.letter).replace(b"<arf1@", b"<arf2@"))
    row = Complaint.objects.get()
    assert (row.email, row.feedback_type) == (scene.letter, "abuse")
    assert (scene.stage(), suppressed()) == ("suppressed", {NINA})


def test_a_complaint_without_our_letter_changes_nothing_but_calls_a_person() -> None:
    scene = a_scene()
    [item] = receive(complaint(None))
    assert item.reason.startswith("matches no mail of ours")
    assert (Complaint.objects.count(), scene.sequence().state) == (0, "active")
    assert Alert.objects.get().key == "complaint-unmatched"


def test_not_spam_is_no_complaint() -> None:
    scene = a_scene()
    receive(complaint(scene.letter, "not-spam"))
    assert (Complaint.objects.count(), scene.stage()) == (0, "contacted")


def test_the_unsubscribe_button_is_an_opt_out_and_no_complaint() -> None:
    scene = a_scene()
    [item] = receive(mail("", X_Apple_Unsubscribe="true", subject="unsubscribe"))
    assert (item.intent, Complaint.objects.count(), suppressed()) == ("opt_out", 0, {NINA})
    assert scene.sequence().state == "stopped"


def test_bounces_are_followed_by_a_look_at_the_inbox_s_health() -> None:
    scenes = [a_scene(f"p{n}@inn{n}.example") for n in range(3)]
    receive(
        *(
            report(each.letter, to=each.prospect.address, mark=each.prospect.address)
            for each in scenes
        )
    )
    assert HealthReading.objects.get().inbox == scenes[0].inbox
    assert Pause.objects.get().cause == "health"


def test_a_reply_after_a_bounce_is_kept_and_the_address_stays_suppressed() -> None:
    scene = a_scene()
    receive(report(scene.letter))
    [item] = receive(answer(scene.letter, "I am interested"), now=NOW)
    assert (item.kind, scene.stage(), suppressed()) == ("reply", "bounced", {NINA})
