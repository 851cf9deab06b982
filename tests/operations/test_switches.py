import pytest

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.operations.actions import set_switch
from marketing_agent.operations.config import SWITCHES, SwitchError, UnknownSwitch, read, read_all
from marketing_agent.operations.models import Stop, Switch
from operations.world import BY, NOW

pytestmark = pytest.mark.django_db


def test_every_switch_has_a_default_that_it_accepts_itself() -> None:
    for spec in SWITCHES.values():
        assert spec.accept(spec.default) == spec.default


def test_a_switch_keeps_what_was_set_and_the_rest_keeps_its_default() -> None:
    set_switch("max_emails_per_run", 1, BY, NOW)
    assert read("max_emails_per_run") == 1
    assert read_all() | {"max_emails_per_run": None} == {
        key: spec.default for key, spec in SWITCHES.items()
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_emails_per_run", -1),
        ("max_emails_per_run", "5"),
        ("max_emails_per_run", True),
        ("max_emails_per_run", 1.5),
        ("emergency_stop", 1),
        ("emergency_stop", "true"),
        ("emergency_stop", None),
        ("default_zone", "Mars/Olympus"),
        ("default_zone", "../../etc/passwd"),
        ("window_start", "25:00"),
        ("window_days", "1,1"),
        ("window_days", ""),
        ("sender_name", "Ada\r\nBcc: x@example.com"),
        ("booking_link", "javascript:alert(1)"),
        ("opt_out_line", "x" * 1001),
        ("send_connections", 0),
        ("imap_poll_s", 9),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_nothing_is_kept(key: str, value: object) -> None:
    with pytest.raises(SwitchError, match=key):
        set_switch(key, value, BY, NOW)
    assert not Switch.objects.exists()
    assert not Stop.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_unknown_switch_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownSwitch, match=r"no switch 'speed'.*emergency_stop"):
        set_switch("speed", 1, BY, NOW)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("off", "emergency_stop", False),
        ("TRUE", "emergency_stop", True),
        ("null", "max_emails_per_run", None),
        ("12", "max_emails_per_run", 12),
        ("12", "sender_name", "12"),
    ],
)
def test_a_shell_word_is_read_by_the_switchs_kind(text: str, key: str, value: object) -> None:
    assert SWITCHES[key].from_text(text) == value


def test_a_change_is_audited_with_before_and_after() -> None:
    set_switch("sender_name", "Ada", BY, NOW)
    set_switch("sender_name", "Grace", BY, NOW)
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.actor, entry.action, entry.subject) == ("ada", "config.set", "sender_name")
    assert (entry.before, entry.after) == ({"value": "Ada"}, {"value": "Grace"})
