import json
from collections.abc import Callable
from typing import Any

import pytest

from marketing_agent.accounts.tokens import authenticate
from marketing_agent.cli import jobs as cli_jobs
from marketing_agent.cli.main import run
from marketing_agent.engine.values import EmailState, Intent, ItemKind, ItemState, Stage
from marketing_agent.inbound.models import InboxItem
from marketing_agent.operations.actions import open_alert, record_error, set_switch
from marketing_agent.operations.config import read
from marketing_agent.outbox.models import Email
from marketing_agent.workers import run as run_module
from marketing_agent.workers.jobs import JOBS, JobSpec
from marketing_agent.workers.models import Job
from operations.world import BY, NOW, enrollment, letter, prospect, sent

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command with --json that must succeed; gives its answer."""

    def asked(*words: str) -> Any:
        code = run([*words, "--json"])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out)

    return asked


def test_config_sets_and_gets(ask: Ask) -> None:
    assert ask("config", "set", "max_emails_per_run", "3") == {"max_emails_per_run": 3}
    assert ask("config", "get", "max_emails_per_run") == {"max_emails_per_run": 3}
    assert ask("config", "get")["emergency_stop"] is False


def test_stop_and_resume_with_a_cap(ask: Ask) -> None:
    stopped = ask("stop", "--reason", "a complaint")
    assert (stopped["emergency_stop"], stopped["reason"]) == (True, "a complaint")
    assert ask("stop")["reason"] == "a complaint"
    resumed = ask("resume", "--max-per-run", "1")
    assert (resumed["was_stopped"], read("max_emails_per_run")) == (True, 1)
    assert ask("resume")["was_stopped"] is False
    assert read("max_emails_per_run") == 1


def test_a_refused_command_says_one_sentence_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "max_emails_per_run", "lots"]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "max_emails_per_run takes a whole number or null, not 'lots'.\n")


def test_send_under_stop_is_no_failure_and_says_so(ask: Ask) -> None:
    set_switch("emergency_stop", True, BY, NOW)
    enrollment(prospect())
    found = ask("send")
    assert (found["sent"], found["refused"]) == (0, {"emergency_stop": 1})
    assert Job.objects.get(name="send-emails").runs == 1


def test_a_rehearsal_writes_nothing(ask: Ask) -> None:
    for key in ("sender_name", "postal_address"):
        set_switch(key, "Example Ltd", BY, NOW)
    found = ask("send", "--dry-run")
    assert (found["dry_run"], found["planned"]) == (True, 0)
    assert not Job.objects.exists()
    assert not Email.objects.exists()


def test_where_nothing_is_to_be_sent_it_says_who_knows_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for key in ("sender_name", "postal_address"):
        set_switch(key, "Example Ltd", BY, NOW)
    assert run(["send", "--dry-run"]) == 0
    assert "marketing-agent why" in capsys.readouterr().err


def test_a_reason_that_holds_no_letter_back_is_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    set_switch("emergency_stop", True, BY, NOW)
    assert run(["send", "--dry-run"]) == 0
    assert "refused because" not in capsys.readouterr().out


def test_a_token_is_shown_once_and_works_until_revoked(ask: Ask) -> None:
    made = ask("token", "create", "laptop", "--scope", "read", "--days", "1")
    assert authenticate(made["token"], NOW) is not None
    listed = ask("token", "list")
    assert (listed["count"], "token" in listed["tokens"][0]) == (1, False)
    ask("token", "revoke", "laptop")
    assert authenticate(made["token"], NOW) is None


def test_why_and_status_answer_on_an_empty_store(ask: Ask) -> None:
    assert len(ask("why")["sentences"]) > 2
    found = ask("status")
    assert found["health"]["status"] == "degraded"
    assert found["stats"]["emails_sent_today"] == 0


def test_letters_are_listed_shown_and_settled(ask: Ask) -> None:
    sent()
    unknown = letter(EmailState.UNKNOWN)
    assert ask("emails", "list")["count"] == 2
    assert ask("emails", "list", "--status", "unknown")["emails"][0]["id"] == unknown.public_id
    assert ask("emails", "show", unknown.public_id)["body"] == "Hello"
    assert ask("emails", "resolve", unknown.public_id, "--sent")["status"] == "sent"


def test_only_a_person_says_what_became_of_an_unknown_letter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unknown = letter(EmailState.UNKNOWN)
    assert run(["emails", "resolve", unknown.public_id]) == 2
    assert "--sent or --not-sent" in capsys.readouterr().err
    unknown.refresh_from_db()
    assert unknown.state == EmailState.UNKNOWN


@pytest.mark.parametrize(
    "words",
    [
        ("emails", "list", "--inbox", "nobody@example.com"),
        ("emails", "list", "--prospect", "nobody"),
        ("emails", "list", "--inbox", "no address"),
        ("emails", "show", "nothing"),
        ("emails", "resolve", "nothing", "--sent"),
        ("retry-queue", "replay", "nothing"),
        ("inbox", "classify", "nothing", "question"),
        ("inbox", "show", "nothing"),
        ("jobs", "run", "nothing"),
        ("token", "revoke", "nothing"),
        ("why", "nothing"),
    ],
)
def test_what_does_not_exist_is_a_failure_and_never_an_empty_list(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(list(words)) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "unforeseen" not in err


def test_dead_letters_are_listed_and_replayed(ask: Ask) -> None:
    to = prospect(Stage.CONTACTED)
    dead = letter(EmailState.DEAD, prospect=to, address=to.address)
    letter(EmailState.RETRY, due_at=NOW)
    assert ask("retry-queue", "list")["count"] == 2
    assert [each["id"] for each in ask("retry-queue", "list", "--dead")["emails"]] == [
        dead.public_id
    ]
    assert ask("retry-queue", "replay", dead.public_id)["status"] == "planned"


def test_inbound_mail_is_listed_and_classified(ask: Ask) -> None:
    who = prospect()
    item = InboxItem.objects.create(
        inbox=letter().inbox,
        folder="INBOX",
        identity="<1@there>",
        kind=ItemKind.REPLY,
        state=ItemState.PROCESSED,
        from_address=who.address,
        prospect=who,
        match="sender",
        match_evidence="Nothing but its sender's address ties it to a letter.",
        fetched_at=NOW,
    )
    [row] = ask("inbox", "list", "--kind", "reply")["items"]
    assert (row["from_address"], row["match"]) == (who.address, "sender")
    assert row["match_evidence"].startswith("Nothing but its sender")
    assert ask("inbox", "show", item.public_id) == row
    found = ask("inbox", "classify", item.public_id, "question")
    assert found["intent"] == Intent.QUESTION
    assert ask("inbox", "reprocess")["released"] == 0


def test_jobs_are_listed_and_run(ask: Ask) -> None:
    assert ask("jobs", "list")["count"] == len(JOBS)
    assert ask("jobs", "run", "cleanup")["job_runs"] == 0
    listed = {job["name"]: job for job in ask("jobs", "list")["jobs"]}
    assert (listed["cleanup"]["runs"], listed["watch"]["runs"]) == (1, None)


def test_a_job_that_fails_ends_with_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = JobSpec("broken", 60, "workers.parts:fail", "Fails.")
    for module in (cli_jobs, run_module):
        monkeypatch.setattr(module, "find_job", lambda _name: broken)
    assert run(["jobs", "run", "broken"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "RuntimeError: no luck" in err


def test_errors_alerts_and_the_audit_log_are_shown(ask: Ask) -> None:
    record_error("enrichment", "no answer", now=NOW)
    open_alert("blocks", "critical", "three blocks", now=NOW)
    set_switch("sender_name", "Ada", BY, NOW)
    assert ask("errors", "list", "--type", "enrichment")["count"] == 1
    assert ask("errors", "list", "--type", "other")["count"] == 0
    assert ask("alerts", "list")["alerts"][0]["key"] == "blocks"
    assert ask("audit", "--action", "config.set")["audit"][0]["actor"] == "ada"


@pytest.mark.parametrize(
    "words",
    [["status"], ["jobs", "list"], ["emails", "list"], ["config", "get"], ["audit"], ["why"]],
)
def test_without_json_people_get_text(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    set_switch("sender_name", "Ada", BY, NOW)
    sent()
    assert run(words) == 0
    out = capsys.readouterr().out
    assert out
    assert not out.startswith(("{", "["))
