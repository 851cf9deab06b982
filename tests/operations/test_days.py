from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.values import BounceType, EmailState, ItemKind
from marketing_agent.inbound.models import InboxItem
from marketing_agent.operations.actions import set_switch
from marketing_agent.operations.days import day_before, day_of, figures_of
from marketing_agent.operations.stats import history
from marketing_agent.outbox.models import Complaint, Email
from operations.world import BY, DAY, HOUR, NOW, bounce, inbox, letter, sent

pytestmark = pytest.mark.django_db


def reply(moment: datetime, kind: ItemKind = ItemKind.REPLY) -> InboxItem:
    number = InboxItem.objects.count()
    return InboxItem.objects.create(
        inbox=inbox(), folder="INBOX", identity=f"<{number}@there>", kind=kind, fetched_at=moment
    )


def test_a_day_counts_what_was_sent_within_it_in_the_operators_zone() -> None:
    set_switch("default_zone", "America/New_York", BY, NOW)
    day = day_of(NOW)
    assert day.start == datetime(2026, 3, 4, 5, tzinfo=UTC)
    for moment in (day.start, day.end - timedelta(seconds=1), day.end, day.start - HOUR):
        sent(moment)
    assert figures_of(day).sent == 2
    assert figures_of(day_before(day)).sent == 1


def test_the_day_before_a_change_of_the_clocks_is_whole() -> None:
    set_switch("default_zone", "Europe/Berlin", BY, NOW)
    spring = day_of(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert spring.end - spring.start == timedelta(hours=23)
    assert day_before(spring).end == spring.start


def test_bounces_count_for_the_day_on_which_the_letter_left() -> None:
    yesterday = sent(NOW - DAY)
    bounce(yesterday, BounceType.HARD, at=NOW)
    sent()
    today = figures_of(day_of(NOW))
    before = figures_of(day_before(day_of(NOW)))
    assert (today.bounced, today.bounce_rate) == (0, 0.0)
    assert (before.bounced, before.bounce_rate) == (1, 1.0)


def test_soft_bounces_are_shown_and_left_out_of_the_rate() -> None:
    for kind in (BounceType.HARD, BounceType.SOFT, BounceType.SOFT, BounceType.BLOCK):
        bounce(sent(), kind)
    found = figures_of(day_of(NOW))
    assert found.by_type == {"hard": 1, "soft": 2, "block": 1}
    assert (found.bounced, found.letters, found.bounce_rate) == (2, 4, 0.5)


def test_one_letter_with_two_bounces_is_one_bounce() -> None:
    email = sent()
    bounce(email, BounceType.SOFT)
    bounce(email, BounceType.SOFT)
    bounce(email, BounceType.HARD)
    found = figures_of(day_of(NOW))
    assert (found.bounced, found.by_type["soft"]) == (1, 1)


def test_a_letter_refused_at_the_door_is_in_both_halves_of_the_rate() -> None:
    bounce(letter(EmailState.BOUNCED), BounceType.HARD)
    sent()
    found = figures_of(day_of(NOW))
    assert (found.sent, found.letters, found.bounce_rate) == (1, 2, 0.5)


def test_a_rate_of_nothing_is_unknown_not_zero() -> None:
    assert figures_of(day_of(NOW)).bounce_rate is None


def test_replies_are_counted_on_the_day_they_arrive_and_automatic_ones_are_not() -> None:
    reply(NOW)
    reply(NOW - DAY)
    reply(NOW, ItemKind.AUTO_REPLY)
    assert figures_of(day_of(NOW)).replies == 1


def test_complaints_count_for_the_day_of_their_letter() -> None:
    email = sent(NOW - DAY)
    Complaint.objects.create(
        email=email, inbox=email.inbox, address_key="x", letter_sent_at=email.sent_at, at=NOW
    )
    assert figures_of(day_of(NOW)).complaints == 0
    assert figures_of(day_before(day_of(NOW))).complaints == 1


def test_the_history_lists_every_day_oldest_first() -> None:
    sent(NOW - 2 * DAY)
    Email.objects.update(state=EmailState.SENT)
    days = history(3, NOW)["days"]
    assert [(day["day"], day["sent_today"]) for day in days] == [
        ("2026-03-02", 1),
        ("2026-03-03", 0),
        ("2026-03-04", 0),
    ]
