"""Secrets: encrypted at rest, the environment first, replaced without a restart, never shown."""

from datetime import timedelta

import pytest

from inboxes.world import BY, NOW, an_inbox
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.inboxes.actions import delete_secret, pause, put_secret
from marketing_agent.inboxes.connection import smtp_endpoint
from marketing_agent.inboxes.errors import SecretError, SecretTakenError
from marketing_agent.inboxes.models import Pause, Secret
from marketing_agent.inboxes.secrets import list_secrets, read_secret, secret_names
from marketing_agent.settings import settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("key")]

VALUE = "inbox1@example.com|hunter2|smtp.example.com|465|Ada"


def put(name: str, value: str) -> None:
    put_secret(name, value, BY, NOW)


def test_a_secret_is_read_as_it_was_put() -> None:
    put("SMTP_INBOX_1", VALUE + "\n")
    assert read_secret("SMTP_INBOX_1") == VALUE


def test_a_secret_is_encrypted_and_audited_without_its_value() -> None:
    put("SMTP_INBOX_1", VALUE)
    row = Secret.objects.get()
    assert b"hunter2" not in bytes(row.ciphertext)
    assert "hunter2" not in repr(AuditEntry.objects.values_list())
    assert "hunter2" not in repr((list_secrets(), row, smtp_endpoint(an_inbox())))


def test_the_same_value_is_sealed_anew_each_time() -> None:
    put("SMTP_INBOX_1", VALUE)
    first = bytes(Secret.objects.get().ciphertext)
    put("SMTP_INBOX_1", VALUE)
    assert bytes(Secret.objects.get().ciphertext) != first


def test_a_sealed_text_opens_under_its_own_name_only() -> None:
    put("SMTP_INBOX_1", VALUE)
    Secret.objects.update(name="SMTP_INBOX_2")
    with pytest.raises(SecretError, match="put it again"):
        read_secret("SMTP_INBOX_2")


def test_another_key_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    put("SMTP_INBOX_1", VALUE)
    monkeypatch.setenv("MARKETING_AGENT_KEY", "another key")
    settings.cache_clear()
    with pytest.raises(SecretError, match="another key"):
        read_secret("SMTP_INBOX_1")
    assert "put it again" in list_secrets()[0].problem


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    put("SMTP_INBOX_1", VALUE)
    monkeypatch.setenv("SMTP_INBOX_1", VALUE.replace("hunter2", "other"))
    assert smtp_endpoint(an_inbox()).password == "other"
    assert [each.source for each in list_secrets()] == ["environment"]


def test_the_sandbox_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_INBOX_7", VALUE)
    assert secret_names() == ("SMTP_INBOX_7",)
    monkeypatch.setenv("MARKETING_AGENT_SANDBOX", "true")
    settings.cache_clear()
    assert secret_names() == ()


def test_a_replaced_secret_works_at_once() -> None:
    inbox = an_inbox()
    put("SMTP_INBOX_1", VALUE)
    put("SMTP_INBOX_1", VALUE.replace("hunter2", "better"))
    assert smtp_endpoint(inbox).password == "better"


def test_a_better_password_ends_the_pause_that_the_bad_one_caused() -> None:
    inbox = an_inbox()
    for phase in ("login", "connect"):
        pause(
            inbox.pk,
            cause="account",
            reason=phase,
            until=NOW + timedelta(hours=6),
            by=BY,
            now=NOW,
            evidence={"phase": phase},
        )
    put("SMTP_INBOX_1", VALUE)
    assert [each.reason for each in Pause.objects.active(NOW)] == ["connect"]


def test_a_secret_of_another_account_is_not_used_for_this_inbox() -> None:
    inbox = an_inbox()
    put("SMTP_INBOX_1", VALUE.replace("inbox1", "inbox2"))
    with pytest.raises(SecretError, match="No secret holds"):
        smtp_endpoint(inbox)
    put("SMTP_INBOX_2", VALUE)
    assert smtp_endpoint(inbox).username == "inbox1@example.com"


def test_one_account_stands_in_one_secret() -> None:
    put("SMTP_INBOX_1", VALUE)
    with pytest.raises(SecretTakenError, match="SMTP_INBOX_1"):
        put("SMTP_INBOX_2", VALUE.replace("inbox1@", "INBOX1@"))


def test_names_are_listed_by_their_number() -> None:
    for n in (10, 2, 1):
        put(f"SMTP_INBOX_{n}", VALUE.replace("inbox1", f"inbox{n}"))
    assert secret_names() == ("SMTP_INBOX_1", "SMTP_INBOX_2", "SMTP_INBOX_10")


@pytest.mark.parametrize(
    ("name", "value"),
    [("smtp_inbox_1", VALUE), ("A B", "x"), ("SMTP_INBOX_1", "nonsense"), ("API_KEY", "")],
)
def test_what_cannot_be_kept_is_refused(name: str, value: str) -> None:
    with pytest.raises(SecretError):
        put(name, value)
    assert not Secret.objects.exists()


def test_credentials_under_a_misspelt_name_are_refused() -> None:
    with pytest.raises(SecretError, match="SMTP_INBOX_1"):
        put_secret("SMTP_INBX_1", "ada@example.com|pw|127.0.0.1|25|Ada", BY, NOW)
    assert not Secret.objects.exists()


def test_without_a_key_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARKETING_AGENT_KEY")
    settings.cache_clear()
    with pytest.raises(SecretError, match="marketing-agent init"):
        put("SMTP_INBOX_1", VALUE)


def test_a_deleted_secret_is_gone() -> None:
    put("SMTP_INBOX_1", VALUE)
    assert delete_secret("SMTP_INBOX_1", BY, NOW)
    assert not delete_secret("SMTP_INBOX_1", BY, NOW)
    with pytest.raises(SecretError, match="secret put SMTP_INBOX_1"):
        read_secret("SMTP_INBOX_1")


@pytest.mark.parametrize("value", ["not a url", "foo://bar", "json://127.0.0.1/ foo://bar"])
def test_a_channel_that_nobody_knows_is_refused_at_once_and_not_repeated(value: str) -> None:
    with pytest.raises(SecretError, match="is no URL that Apprise knows") as refused:
        put_secret("NOTIFY_SALES", value, BY, NOW)
    assert "foo://" not in str(refused.value)
