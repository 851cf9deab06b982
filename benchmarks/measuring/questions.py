"""The questions of a send cycle, timed, and the way in which the store answers them."""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from marketing_agent.campaigns.sender import sender_identity
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.outbox.actions.outcomes import record
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.door import admit
from marketing_agent.outbox.plan import Due, due_enrollments, plan_due
from marketing_agent.outbox.send import run_cycle
from marketing_agent.outbox.tickets import Result, Ticket
from marketing_agent.outbox.waiting import put_off_full
from marketing_agent.workers.threads import InlineLanes
from measuring.letters import START, add_inboxes, open_mail_room
from measuring.rows import fill

_INBOXES = 16
_A_DAY = 40
_NOTHING_DUE = START - timedelta(days=7)  # the same weekday and hour, before anything is due
_TIMES = 9


def prepare(count: int) -> None:
    """Fill the store; nothing is ever sent, so no server is needed."""
    open_mail_room()
    add_inboxes(_INBOXES, 25, _A_DAY)
    fill(count)


def times() -> dict[str, float]:
    """Give each question's fastest answer in milliseconds; what it writes is rolled back."""
    return {name: _fastest(question) for name, question in _QUESTIONS.items()}


def _fastest(question: Callable[[], object]) -> float:
    return min(_once(question) for _ in range(_TIMES))


def _once(question: Callable[[], object]) -> float:
    with transaction.atomic():
        begun = perf_counter()
        question()
        taken = perf_counter() - begun
        transaction.set_rollback(True)
    return taken * 1000


def _plan() -> None:
    plan_due(sender_identity(), START, limit=200)


def _claimable() -> None:
    put_off_full(START)
    due_letters(500, START)


def _empty_cycle() -> None:
    run_cycle(Delivery(DirectDesk(_earlier), InlineLanes(), _earlier), "bench")


def _pass_and_record() -> None:
    """Admit and record a group, as the desk does for lanes whose letters meet at the door."""
    plan_due(sender_identity(), START, limit=_INBOXES)
    tickets = [Ticket(each) for each in claim(due_letters(_INBOXES, START), "bench", START)]
    admit(tickets, START)
    said = decide(SmtpReply(Phase.FINAL, 250, "2.0.0 Ok"))
    record([Result(each, said, "final", "2.0.0 Ok", START) for each in tickets], START)


def _earlier() -> object:
    return _NOTHING_DUE


_QUESTIONS: dict[str, Callable[[], object]] = {
    "read 200 due enrollments": lambda: due_enrollments(Due(2, START)),
    "plan 200 letters": _plan,
    "find due letters": _claimable,
    "plan, admit, record 16": _pass_and_record,
    "a cycle with nothing due": _empty_cycle,
}


def plans() -> dict[str, list[str]]:
    """Tell how the store answers every query of each question."""
    return {name: _plan_of(question) for name, question in _QUESTIONS.items()}


def _plan_of(question: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        _once(question)
    return list(dict.fromkeys(_explain([each["sql"] for each in captured.captured_queries])))


def _explain(statements: list[str]) -> list[str]:
    verb = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    lines: list[str] = []
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.startswith(("SELECT", "UPDATE")):
                cursor.execute(f"{verb} {statement.replace('%', '%%')}")
                lines += [str(row[-1]).strip() for row in cursor.fetchall()]
    return lines
