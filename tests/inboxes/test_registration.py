"""Adding and changing inboxes: one address, one inbox."""

from datetime import date

import pytest

from inboxes.world import BY, NOW
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.inboxes.actions import add_inbox, put_secret, update_inbox
from marketing_agent.inboxes.errors import InboxExistsError, InboxNotFoundError, NoSecretError
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import set_switch
from marketing_agent.operations.errors import BadValueError

pytestmark = pytest.mark.django_db

BODY = {"warmup_enabled": True, "warmup_start_date": "2025-01-01", "daily_limit": 5}


@pytest.fixture(autouse=True)
def _secret(key: None) -> None:  # noqa: ARG001  the key comes first
    put_secret("SMTP_INBOX_4", "new@example.com|pw|smtp.example.com|465|Ada", BY, NOW)


def add(address: str = "new@example.com", **settings: object) -> tuple[Inbox, bool]:
    return add_inbox(address, by=BY, now=NOW, **settings)


def test_an_inbox_takes_its_credentials_from_the_secret_with_its_address() -> None:
    inbox, new = add(**BODY)
    assert new
    assert (inbox.secret_name, inbox.display_name, inbox.daily_limit) == ("SMTP_INBOX_4", "Ada", 5)
    assert inbox.warmup_start_date == date(2025, 1, 1)


def test_without_a_secret_there_is_no_inbox() -> None:
    with pytest.raises(NoSecretError) as caught:
        add("other@example.com")
    assert (caught.value.code, caught.value.status) == ("no_secret", 422)


def test_the_same_again_changes_nothing() -> None:
    first, _ = add(**BODY)
    again, new = add("  New@Example.COM ", **BODY)
    assert (again.pk, new) == (first.pk, False)
    assert Inbox.objects.count() == 1


def test_a_different_body_is_a_conflict() -> None:
    add(**BODY)
    with pytest.raises(InboxExistsError, match="daily_limit") as caught:
        add(**BODY | {"daily_limit": 6})
    assert caught.value.status == 409


def test_defaults_come_from_the_switches() -> None:
    set_switch("default_zone", "Pacific/Auckland", BY, NOW)
    set_switch("default_daily_limit", 12, BY, NOW)
    inbox, _ = add()
    assert (inbox.zone, inbox.daily_limit, inbox.warmup_enabled) == ("Pacific/Auckland", 12, True)
    assert inbox.warmup_start_date == date(2025, 3, 13)  # it is tomorrow there


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("daily_limit", -1),
        ("daily_limit", "5"),
        ("daily_limit", True),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("window_days", ""),
        ("window_days", "7"),
        ("window_start", "25:00"),
        ("window_end", "08:00"),
        ("warmup_start_date", "2025-02-30"),
        ("warmup_enabled", "yes"),
        ("display_name", "a\r\nBcc: x@example.com"),
        ("nonsense", 1),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(name: str, value: object) -> None:
    with pytest.raises(BadValueError):
        add(**{name: value})
    add()
    with pytest.raises(BadValueError):
        update_inbox("new@example.com", {name: value}, BY, NOW)


def test_a_change_is_audited_with_before_and_after() -> None:
    add()
    update_inbox("NEW@example.com", {"daily_limit": 10, "window_days": [4, 0]}, BY, NOW)
    update_inbox("NEW@example.com", {"daily_limit": 10}, BY, NOW)
    inbox = Inbox.objects.get()
    assert (inbox.daily_limit, inbox.window_days) == (10, "0,4")
    entry = AuditEntry.objects.get(action="inbox.update")
    assert (entry.before["daily_limit"], entry.after["daily_limit"]) == (40, 10)


def test_an_unknown_inbox_cannot_be_changed() -> None:
    with pytest.raises(InboxNotFoundError):
        update_inbox("nobody@example.com", {"daily_limit": 10}, BY, NOW)
