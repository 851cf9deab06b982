from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.accounts.actions import audit, create_token, revoke_token
from marketing_agent.accounts.actor import Actor
from marketing_agent.accounts.models import ApiToken, AuditEntry
from marketing_agent.accounts.tokens import authenticate
from marketing_agent.operations.errors import BadValueError, NotFoundError

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)
BY = Actor("ada", "cli", "request-1")


def test_a_token_is_recognised_by_its_text_alone_and_its_text_is_kept_nowhere() -> None:
    row, plain = create_token("laptop", "operate", None, BY, NOW)
    found = authenticate(plain, NOW)
    assert found == row
    stored = str(ApiToken.objects.values().get()) + str(list(AuditEntry.objects.values()))
    assert plain not in stored
    assert plain.startswith(row.prefix)


@pytest.mark.parametrize("wrong", ["", "ma_", "x" * 5000, "\ud800", "ma_\x00"])
def test_any_other_text_is_nobody(wrong: str) -> None:
    create_token("laptop", "operate", None, BY, NOW)
    assert authenticate(wrong, NOW) is None


def test_two_tokens_are_never_equal() -> None:
    assert (
        create_token("a", "read", None, BY, NOW)[1] != create_token("a", "read", None, BY, NOW)[1]
    )


def test_a_token_ends_when_it_expires_and_when_it_is_revoked() -> None:
    _, plain = create_token("laptop", "read", NOW + timedelta(days=1), BY, NOW)
    assert authenticate(plain, NOW + timedelta(hours=23)) is not None
    assert authenticate(plain, NOW + timedelta(days=1)) is None
    revoke_token("laptop", BY, NOW)
    assert authenticate(plain, NOW) is None


def test_revoking_twice_is_audited_once() -> None:
    row, _ = create_token("laptop", "read", None, BY, NOW)
    revoke_token(row.prefix, BY, NOW)
    assert revoke_token("laptop", BY, NOW + timedelta(hours=1)).revoked_at == NOW
    assert AuditEntry.objects.filter(action="token.revoke").count() == 1


def test_revoking_by_a_name_that_two_have_asks_for_the_prefix() -> None:
    create_token("laptop", "read", None, BY, NOW)
    create_token("laptop", "read", None, BY, NOW)
    with pytest.raises(BadValueError, match="prefix"):
        revoke_token("laptop", BY, NOW)
    with pytest.raises(NotFoundError, match="token list"):
        revoke_token("phone", BY, NOW)


@pytest.mark.parametrize(
    ("name", "scope", "expires_in"),
    [
        ("", "read", 1),
        ("a" * 101, "read", 1),
        ("a\nb", "read", 1),
        ("a", "root", 1),
        ("a", "read", 0),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(name: str, scope: str, expires_in: int) -> None:
    with pytest.raises(BadValueError):
        create_token(name, scope, NOW + timedelta(days=expires_in), BY, NOW)
    assert not ApiToken.objects.exists()


def test_use_is_noted_once_a_minute() -> None:
    row, plain = create_token("laptop", "read", None, BY, NOW)
    for seconds in (0, 59, 60):
        authenticate(plain, NOW + timedelta(seconds=seconds))
        row.refresh_from_db()
        assert row.last_used_at == NOW + timedelta(seconds=60 if seconds == 60 else 0)


def test_the_audit_log_keeps_who_from_where_and_cuts_what_is_too_long() -> None:
    audit(BY, "a" * 99, "s" * 999, before={"x": 1}, reason="r" * 999, now=NOW)
    row = AuditEntry.objects.get()
    assert (row.actor, row.origin, row.request_id) == ("ada", "cli", "request-1")
    assert (len(row.action), len(row.subject), len(row.reason)) == (80, 320, 500)
