"""Outcomes that nobody knows are settled by what the letter left behind, or wait for a person."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from inbound.conftest import put_password
from inbound.scene import (
    BY,
    DAY,
    INBOX,
    NOW,
    Scene,
    a_letter,
    a_prospect,
    a_scene,
    answer,
    complaint,
    mail,
    receive,
    report,
)
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.evidence import CALIBRATION, SETTLING
from marketing_agent.engine.values import EmailState, EvidenceKind, Outcome
from marketing_agent.inbound.inquiries import look_into_unknown
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.actions import delete_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.models import Attempt, Email, Inquiry
from marketing_agent.sandbox.imap_server import ImapServer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

HOUR = timedelta(hours=1)


@pytest.fixture
def scene(inbox: Inbox) -> Scene:  # noqa: ARG001  the inbox with its secret comes first
    return a_scene(state=EmailState.UNKNOWN)


@pytest.fixture
def pool() -> Iterator[SessionPool]:
    kept = SessionPool()
    yield kept
    kept.close()


def look(pool: SessionPool, now: datetime = NOW) -> Inquiry:
    look_into_unknown(now, pool)
    return Inquiry.objects.get()


def stored(scene: Scene) -> Email:
    return Email.objects.get(pk=scene.letter.pk)


def file_copy(imap: ImapServer, email: Email, folder: str = "Sent", message_id: str = "") -> None:
    raw = mail(email.body, sender=INBOX, Message_ID=f"<{message_id or email.message_id}>")
    imap.deliver(INBOX, folder, raw, NOW)


def others(inbox: Inbox, count: int, *, hours_after: float) -> list[Email]:
    """Write letters that the server accepted, the last of them so long after the doubtful one."""
    letters = []
    for number in range(count):
        email = a_letter(a_prospect(f"other{number}@hotel{number}.example"), inbox)
        at = NOW - DAY + hours_after * HOUR - number * HOUR
        Attempt.objects.filter(email=email).update(data_at=at, at=at, code=250)
        letters.append(email)
    return letters


class TestOurOwnCopy:
    @pytest.mark.parametrize("folder", ["Sent", "All Mail"])
    def test_in_sent_proves_that_it_was_sent(
        self, imap: ImapServer, scene: Scene, pool: SessionPool, folder: str
    ) -> None:
        file_copy(imap, scene.letter, folder)
        inquiry = look(pool)
        assert (inquiry.sent, inquiry.evidence) == (True, EvidenceKind.OWN_COPY)
        assert (inquiry.settled_at, inquiry.settled_by) == (NOW, "system")
        assert stored(scene).state == EmailState.SENT
        assert Attempt.objects.get().outcome == Outcome.SENT
        assert folder in stored(scene).reason

    def test_that_comes_later_is_found_by_a_later_look(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        first = look(pool)
        assert first.sent is None
        assert first.next_look_at == NOW + timedelta(minutes=2)
        file_copy(imap, scene.letter)
        assert look(pool, NOW + timedelta(minutes=1)).sent is None
        assert look(pool, NOW + timedelta(minutes=2)).sent is True

    def test_of_another_letter_proves_nothing(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        file_copy(imap, scene.letter, message_id="another@example.com")
        assert look(pool).sent is None


class TestAMailThatNamesIt:
    def test_and_was_dealt_with_before_the_doubt_arose(
        self, scene: Scene, pool: SessionPool
    ) -> None:
        Email.objects.update(state=EmailState.PLANNED)
        receive(answer(scene.letter, "Thank you, not now."))
        Email.objects.update(state=EmailState.UNKNOWN)
        inquiry = look(pool)
        assert (inquiry.sent, inquiry.evidence) == (True, EvidenceKind.NAMED)

    def test_settles_it_as_soon_as_it_is_read(self, scene: Scene) -> None:
        receive(answer(scene.letter, "Thank you, not now."))
        inquiry = Inquiry.objects.get()
        assert (inquiry.sent, inquiry.evidence) == (True, EvidenceKind.NAMED)
        assert stored(scene).state == EmailState.SENT

    def test_a_bounce_proves_that_a_server_had_taken_it(self, scene: Scene) -> None:
        receive(report(scene.letter))
        assert stored(scene).state == EmailState.BOUNCED
        assert Attempt.objects.get().outcome == Outcome.SENT
        assert stored(scene).sent_at is not None
        assert Inquiry.objects.get().evidence == EvidenceKind.NAMED

    def test_a_report_of_a_delay_does_too(self, scene: Scene) -> None:
        receive(report(scene.letter, action="delayed", status="4.4.1"))
        assert stored(scene).state == EmailState.SENT

    def test_a_complaint_does_too(self, scene: Scene) -> None:
        receive(complaint(scene.letter))
        assert stored(scene).state == EmailState.SENT
        assert scene.stage() == "suppressed"

    @pytest.mark.parametrize("status", ["5.1.1", "4.2.2"])
    def test_comes_while_the_worker_still_waits_for_the_answer_and_is_not_forgotten_should_it_die(
        self, scene: Scene, status: str
    ) -> None:
        Email.objects.update(state=EmailState.TRANSMITTING, lease_owner="w", lease_until=NOW)
        Attempt.objects.update(outcome=None)
        Enrollment.objects.update(state="waiting", next_step=1)
        receive(report(scene.letter, status=status))
        assert stored(scene).state == EmailState.BOUNCED
        assert stored(scene).sent_at == NOW - DAY
        assert Attempt.objects.get().outcome == Outcome.SENT
        assert scene.sequence().state == ("stopped" if status == "5.1.1" else "active")

    def test_a_mail_of_the_same_sender_alone_proves_nothing(
        self, scene: Scene, pool: SessionPool
    ) -> None:
        receive(mail("Hello", subject="Something else"))
        assert stored(scene).state == EmailState.UNKNOWN
        assert look(pool).sent is None


class TestAbsence:
    """The letter's DATA began a day before NOW."""

    def test_proves_it_unsent_where_the_server_files_all_others(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=5):
            file_copy(imap, each)
        inquiry = look(pool)
        assert (inquiry.sent, inquiry.evidence) == (False, EvidenceKind.ABSENCE)
        letter = stored(scene)
        assert (letter.state, letter.due_at) == (EmailState.PLANNED, NOW)
        assert letter.message_id == scene.letter.message_id
        assert Attempt.objects.get(email=letter).outcome == Outcome.TEMPORARY

    def test_proves_nothing_before_it_has_settled(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=5):
            file_copy(imap, each)
        moment = NOW - SETTLING + timedelta(minutes=1)
        Attempt.objects.filter(email=scene.letter).update(data_at=moment)
        assert "before 6 hours" in look(pool).finding

    def test_proves_nothing_where_we_have_too_few_letters_to_compare(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION - 1, hours_after=5):
            file_copy(imap, each)
        assert "only 9 other letters" in look(pool).finding
        assert stored(scene).state == EmailState.UNKNOWN

    def test_proves_nothing_where_one_of_them_is_missing(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        first, *rest = others(scene.inbox, CALIBRATION + 2, hours_after=5)
        for each in rest:
            file_copy(imap, each)
        assert "neither do 1 of our last 12" in look(pool).finding
        file_copy(imap, first, message_id="rewritten-by-the-provider@example.net")
        assert look(pool, NOW + HOUR).sent is None

    def test_proves_nothing_where_the_server_files_none(
        self, scene: Scene, pool: SessionPool
    ) -> None:
        others(scene.inbox, CALIBRATION, hours_after=5)
        assert "files no copies" in look(pool).finding

    def test_proves_nothing_while_no_later_letter_has_arrived_there(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=-1):
            file_copy(imap, each)
        assert "a later letter" in look(pool).finding

    def test_letters_settled_by_evidence_themselves_show_nothing(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=5):
            file_copy(imap, each)
        Attempt.objects.exclude(email=scene.letter).update(code=None)
        assert "only 0 other letters" in look(pool).finding

    def test_can_be_switched_off(self, imap: ImapServer, scene: Scene, pool: SessionPool) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=5):
            file_copy(imap, each)
        set_switch("settle_by_absence", False, BY, NOW)
        assert "settle_by_absence" in look(pool).finding

    def test_of_somebody_who_has_replied_meanwhile_plans_nothing(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        for each in others(scene.inbox, CALIBRATION, hours_after=5):
            file_copy(imap, each)
        receive(mail("I am on the phone, call me", subject="Hello"))
        assert look(pool).sent is False
        assert stored(scene).state == EmailState.CANCELLED


class TestWhatCannotBeRead:
    def test_a_server_that_is_away_is_asked_again(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        put_password(imap, "wrong")
        inquiry = look(pool)
        assert "could not be read" in inquiry.finding
        assert inquiry.next_look_at == NOW + timedelta(minutes=2)
        assert stored(scene).state == EmailState.UNKNOWN

    def test_an_inbox_without_credentials_leaves_it_to_a_person(
        self, scene: Scene, pool: SessionPool
    ) -> None:
        delete_secret("SMTP_INBOX_1", BY, NOW)
        assert "No secret holds the credentials" in look(pool).finding
        assert stored(scene).state == EmailState.UNKNOWN

    def test_a_connection_that_breaks_leaves_every_letter_a_finding(
        self, imap: ImapServer, scene: Scene, pool: SessionPool
    ) -> None:
        a_letter(a_prospect("ben@ben.example"), scene.inbox, EmailState.UNKNOWN)
        imap.decide = lambda moment: "BYE gone" if moment.verb == "SEARCH" else None
        counts = look_into_unknown(NOW, pool)
        assert (counts["opened"], counts["looked"]) == (2, 2)
        assert all("could not be read" in each.finding for each in Inquiry.objects.all())


def test_each_unknown_outcome_is_inquired_into_once(scene: Scene, pool: SessionPool) -> None:
    assert look_into_unknown(NOW, pool)["opened"] == 1
    assert look_into_unknown(NOW, pool) == {"opened": 0, "looked": 0, "sent": 0, "not_sent": 0}
    assert Inquiry.objects.get().email_id == scene.letter.pk
