"""Ways past the guard that somebody found: each let letters leave unseen, or held what was sound."""

from datetime import timedelta

import pytest
from django.db.models import F

from marketing_agent.engine.guard import Mark
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import dismiss_alert
from marketing_agent.operations.models import Alert
from marketing_agent.operations.watching import watch
from marketing_agent.outbox.actions import release as releasing
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.models import Attempt, Email, Guard
from marketing_agent.store import mark
from outbox.mailroom import BY, MailRoom
from store_copies import keep_copy, put_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@pytest.fixture
def after_a_week(ready: MailRoom) -> MailRoom:
    """Let three letters wait, be away for a week, and notice it."""
    ready.people("anna", "ben", "clara")
    ready.cycle(limit=0)
    ready.plan()
    ready.go_down(days=7)
    ready.cycle()
    return ready


def let_leases_lapse() -> None:
    Email.objects.exclude(lease_until=None).update(lease_until=F("created_at"))


def guards() -> list[Guard]:
    return list(Guard.objects.filter(released_at=None))


def test_a_letter_that_was_claimed_when_all_went_down_is_held_too(ready: MailRoom) -> None:
    ready.people("anna")
    ready.cycle(limit=0)
    ready.claimed()
    let_leases_lapse()
    ready.go_down(days=7)
    ready.cycle()
    assert [each.letters for each in guards()] == [1]
    assert Email.objects.get().state == EmailState.HELD


def test_a_letter_that_becomes_due_again_meanwhile_does_not_leave(after_a_week: MailRoom) -> None:
    """An unknown one, say, of which it turns out that it was not sent."""
    now = after_a_week.clock.now()
    Email.objects.filter(to_address__startswith="anna").update(
        state=EmailState.PLANNED, due_at=now, reason_code=""
    )
    result = after_a_week.cycle()
    assert (result.outcomes.total(), result.refused["review"]) == (0, 1)


def test_a_try_that_is_made_during_the_look_is_no_sign_of_an_old_store(
    ready: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.people("anna", "ben")
    ready.cycle(limit=1)
    ready.plan()
    usual = mark.read
    [letter] = Email.objects.exclude(state=EmailState.SENT)

    def read_while_another_worker_sends() -> Mark | None:
        if not Attempt.objects.filter(email=letter).exists():
            made = Attempt.objects.create(
                email=letter,
                inbox=letter.inbox,
                owner="another",
                at=ready.clock.now(),
                phase="data",
            )
            mark.rise(made.pk)
        return usual()

    monkeypatch.setattr(mark, "read", read_while_another_worker_sends)
    ready.cycle()
    assert guards() == []


def test_an_old_store_that_knows_nobody_is_guarded_all_the_same(ready: MailRoom) -> None:
    ready.cycle()
    copy = keep_copy()
    ready.people("anna", "ben")
    ready.cycle()
    put_back(copy)
    ready.go_down(minutes=1)
    ready.cycle()
    assert [each.cause for each in guards()] == ["rolled_back"]
    ready.people("anna", "ben")  # the same list, imported once more
    ready.cycle()
    assert len(ready.smtp.accepted) == 2


def test_what_is_cancelled_during_the_release_does_not_end_it(
    after_a_week: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, seen = releasing.release, list[str]()

    def after_a_reply(public_id: str, *rest: object) -> Email:
        if not seen:
            Email.objects.filter(public_id=public_id).update(state=EmailState.CANCELLED)
        seen.append(public_id)
        return usual(public_id, *rest)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(releasing, "release", after_a_reply)
    assert releasing.release_all(BY, after_a_week.clock.now()) == 2
    assert not Email.objects.filter(state=EmailState.HELD).exists()
    assert guards() == []


def test_the_guard_stands_until_its_last_letter_is_released(after_a_week: MailRoom) -> None:
    now = after_a_week.clock.now()
    assert releasing.release_all(BY, now, limit=2) == 2
    assert len(guards()) == 1
    assert releasing.release_all(BY, now) == 1
    assert guards() == []


def test_what_is_held_for_another_reason_is_not_released_with_it(after_a_week: MailRoom) -> None:
    now = after_a_week.clock.now()
    odd = Email.objects.filter(to_address__startswith="anna")
    odd.update(reason_code="blocked", reason="Refused as spam three times.")
    assert releasing.release_all(BY, now) == 2
    assert odd.get().state == EmailState.HELD
    assert releasing.release_all(BY, now) == 1


def test_an_alert_that_is_closed_while_the_guard_stands_comes_again(after_a_week: MailRoom) -> None:
    now = after_a_week.clock.now()
    dismiss_alert("outbox-review", BY, now)
    watch(now + timedelta(hours=1))
    assert Alert.objects.filter(key="outbox-review", closed_at=None).exists()
    releasing.release_all(BY, now + timedelta(hours=2))
    watch(now + timedelta(hours=2))
    assert not Alert.objects.filter(key="outbox-review", closed_at=None).exists()


def test_nothing_leaves_while_the_mark_cannot_be_written(
    ready: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.people("anna")
    ready.cycle(limit=0)
    [letter] = ready.claimed()
    with monkeypatch.context() as full:
        full.setattr(mark, "write", _disk_full)
        assert ready.deliver([letter]).refused == {"mark_unwritable": 1}
    email, attempt = Email.objects.get(), Attempt.objects.get()
    assert (email.state, attempt.outcome, attempt.data_at) == ("retry", "temporary", None)
    assert "No space left" in email.reason
    ready.go_down(minutes=2)
    assert ready.cycle().outcomes == {"sent": 1}
    assert rescue(ready.clock.now()) == {"planned": 0, "unknown": 0}


def _disk_full(_mark: Mark) -> None:
    raise OSError(28, "No space left on device")
