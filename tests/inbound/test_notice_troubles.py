"""Notices in trouble: keys that do not open, channels that fail, people who want silence meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from inbound.scene import BY, NINA, NOW, a_letter, a_prospect, a_scene, an_inbox, answer, receive
from marketing_agent.inbound.actions.answers import decline
from marketing_agent.inbound.actions.notices import NOBODY, WAITS, claim, hold
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inbound.notices import MOST_CHANNELS, tell_waiting, words_of
from marketing_agent.inboxes.actions import delete_secret, put_secret
from marketing_agent.operations.models import Alert
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.providers.messenger import MessengerError
from marketing_agent.settings import settings

pytestmark = pytest.mark.django_db

FAILING = "notices-fail"
MIRA = "mira@spa.example"


class Channels:
    """Channels by their URLs; those in `broken` take nothing."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.told: list[tuple[str, str, str]] = []

    def tell(self, url: str, title: str, body: str) -> None:
        url = url.removeprefix("json://").removesuffix(".example/") + ":"
        if url in self.broken:
            raise MessengerError(f"{url.partition(':')[0]} did not take the message.")
        self.told.append((url, title, body))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("MARKETING_AGENT_KEY", "a key of the test")
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def a_reply(**headers: str) -> InboxItem:
    return receive(answer(a_scene().letter, "Yes, I am interested.", **headers))[0]


def another_reply() -> InboxItem:
    letter = a_letter(a_prospect(MIRA), an_inbox())
    return receive(answer(letter, "Yes, I am interested.", MIRA))[0]


def name_channels(*urls: str) -> None:
    made_up = (f"json://{url.rstrip(':')}.example/" for url in urls)
    put_secret("NOTIFY_SALES", "\n".join(made_up), BY, NOW)


def state_of(item: InboxItem) -> str:
    return Notice.objects.get(item=item).state


def open_alerts() -> dict[str, str]:
    return dict(Alert.objects.filter(closed_at=None).values_list("key", "severity"))


def test_a_secret_that_does_not_open_is_no_silence(key: pytest.MonkeyPatch) -> None:
    name_channels("a:")
    key.setenv("MARKETING_AGENT_KEY", "another key")
    settings.cache_clear()
    item, now, channels = a_reply(), NOW, Channels()
    for wait in WAITS[:3]:
        assert tell_waiting(channels.tell, "w", now)["failed"] == 1
        now += wait
    assert (state_of(item), open_alerts()) == ("waiting", {FAILING: "critical"})
    key.setenv("MARKETING_AGENT_KEY", "a key of the test")
    settings.cache_clear()
    assert tell_waiting(channels.tell, "w", now)["told"] == 1
    assert open_alerts() == {}


def test_one_channel_that_fails_is_said_by_a_warning() -> None:
    name_channels("a:", "b:")
    item, channels = a_reply(), Channels("b:")
    assert tell_waiting(channels.tell, "w", NOW)["told"] == 1
    assert Notice.objects.get(item=item).problem == "b did not take the message."
    assert open_alerts() == {FAILING: "warning"}
    channels.broken.clear()
    another_reply()
    tell_waiting(channels.tell, "w", NOW)
    assert open_alerts() == {}


def test_alerts_stay_open_while_another_reply_is_untold() -> None:
    name_channels("a:")
    first, second = a_reply(), another_reply()
    Notice.objects.filter(item=first).update(state="given_up", due_at=None, problem="x")
    for name in (NOBODY, FAILING):
        Alert.objects.create(
            key=name,
            severity="critical",
            summary="x",
            opened_at=NOW,
            last_seen_at=NOW,
            evidence={"channels": "unknown"},
        )
    Notice.objects.filter(item=first).update(created_at=NOW - timedelta(days=2))  # no news any more
    tell_waiting(Channels().tell, "w", NOW)
    assert (state_of(first), state_of(second)) == ("given_up", "told")
    assert open_alerts() == {FAILING: "critical"}


def test_nobody_s_alert_stays_while_somebody_was_not_told_of() -> None:
    first = a_reply()
    tell_waiting(Channels().tell, "w", NOW)
    Notice.objects.filter(item=first).update(created_at=NOW - timedelta(days=2))
    another_reply()
    name_channels("a:")
    assert tell_waiting(Channels().tell, "w", NOW)["told"] == 1
    assert (state_of(first), open_alerts()) == ("nobody", {NOBODY: "warning"})


def test_what_had_nobody_is_told_once_there_is_a_channel() -> None:
    item, channels = a_reply(), Channels()
    assert tell_waiting(channels.tell, "w", NOW)["nobody"] == 1
    name_channels("a:")
    assert tell_waiting(channels.tell, "w", NOW + timedelta(hours=3))["told"] == 1
    assert (state_of(item), open_alerts()) == ("told", {})


def test_what_was_given_up_waits_again_for_other_channels_only() -> None:
    name_channels("a:")
    item, now, channels = a_reply(), NOW, Channels("a:")
    for wait in (*WAITS, timedelta(0)):
        tell_waiting(channels.tell, "w", now)
        now += wait
    assert state_of(item) == "given_up"
    assert tell_waiting(channels.tell, "w", now)["failed"] == 0
    name_channels("b:")
    assert tell_waiting(channels.tell, "w", now)["told"] == 1
    assert (state_of(item), open_alerts()) == ("told", {})


def test_a_secret_that_is_taken_away_means_nobody() -> None:
    name_channels("a:")
    delete_secret("NOTIFY_SALES", BY, NOW)
    a_reply()
    assert tell_waiting(Channels().tell, "w", NOW)["nobody"] == 1


def test_a_closed_suggestion_is_not_offered() -> None:
    name_channels("a:")
    a_reply()
    suggestion, channels = Suggestion.objects.get(), Channels()
    decline(suggestion.public_id, "", BY, NOW)
    tell_waiting(channels.tell, "w", NOW)
    [(_, _, body)] = channels.told
    assert "/approve/" not in body
    assert suggestion.body.strip() not in body
    assert "It was declined by ada" in body


def test_a_suggestion_that_is_stale_is_not_offered() -> None:
    _, body = words_of(a_reply(), NOW + timedelta(hours=24))
    assert "/approve/" not in body
    assert "is stale now" in body


def test_who_wants_no_more_mail_by_now_is_not_told_of() -> None:
    name_channels("a:")
    item, channels = a_reply(), Channels()
    suppress("address", NINA, "opt_out", "asked by phone", BY, NOW)
    assert tell_waiting(channels.tell, "w", NOW)["dropped"] == 1
    notice = Notice.objects.get(item=item)
    assert (notice.state, channels.told, open_alerts()) == ("given_up", [], {})
    assert notice.problem.startswith("They want no more mail.")
    name_channels("b:")
    assert tell_waiting(channels.tell, "w", NOW)["told"] == 0


def test_a_lease_that_ran_out_while_channels_hung_tells_nothing_twice() -> None:
    name_channels("a:")
    a_reply(), another_reply()
    slow = Channels()

    def hang(url: str, title: str, body: str) -> None:
        """While the first one hangs, the second one's lease runs out and another worker tells it."""
        if not slow.told:
            others = Notice.objects.filter(state="waiting").order_by("due_at", "id")[1:]
            Notice.objects.filter(pk=others[0].pk).update(lease_until=NOW)
            slow.told.append(("other", "", ""))
            tell_waiting(slow.tell, "other", NOW)
        slow.tell(url, title, body)

    tell_waiting(hang, "w", NOW)
    assert len(slow.told[1:]) == 2


def test_telling_renews_the_lease() -> None:
    item = a_reply()
    [claimed] = claim("w", NOW)
    before = claimed.lease_until
    held = hold(claimed)
    assert held is not None
    assert before is not None
    assert held.lease_until is not None
    assert held.lease_until >= before
    Notice.objects.filter(item=item).update(lease_owner="other")
    assert hold(claimed) is None


def test_of_many_channels_the_first_ones_are_told_and_that_is_said() -> None:
    name_channels(*(f"c{n}:" for n in range(MOST_CHANNELS + 2)))
    item, channels = a_reply(), Channels()
    tell_waiting(channels.tell, "w", NOW)
    assert len(channels.told) == MOST_CHANNELS
    assert (
        Notice.objects.get(item=item).problem == "7 channels are named; only the first 5 are told."
    )


def test_a_stranger_s_name_cannot_break_the_lines() -> None:
    item = a_reply()
    item.from_name = "Nina\r\nBerg\u202e\x00\u2028x"
    item.subject = "Re:\nApprove here"
    title, body = words_of(item, NOW)
    assert title == "Interested: Nina Berg x"
    assert body.startswith(f"Nina Berg x <{NINA}> wrote to inbox1@example.com: Re: Approve here\n")


def test_the_notice_says_where_the_answer_goes() -> None:
    _, body = words_of(a_reply(), NOW)
    assert f"Suggested answer to {NINA}." in body
    assert "not to" not in body


def test_the_notice_says_when_the_answer_goes_elsewhere() -> None:
    _, body = words_of(a_reply(Reply_To="Desk <desk@agency.example>"), NOW)
    assert "Suggested answer to desk@agency.example." in body
    assert f"The answer goes to desk@agency.example, not to {NINA}" in body
