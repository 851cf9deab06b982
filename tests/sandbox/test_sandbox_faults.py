"""Faults decide when they should, as often as they should."""

from datetime import UTC, datetime, timedelta

from marketing_agent.sandbox import faults
from marketing_agent.sandbox.answers import Decide, Mishap, Moment, Verb

RCPT, FINAL = Moment(Verb.RCPT, "ada@mill.example"), Moment(Verb.FINAL, "ada@mill.example")


def answers(hook: Decide, moment: Moment, number: int) -> list[bool]:
    return [hook(moment) is not None for _ in range(number)]


def test_a_fault_strikes_at_its_verb_alone() -> None:
    fault = faults.answer_lost()
    assert fault(FINAL) is Mishap.ACCEPT_AND_CLOSE
    assert fault(RCPT) is None


def test_a_fault_strikes_a_few_times_and_ends() -> None:
    fault = faults.times(2, faults.message_lost())
    assert fault(RCPT) is None
    assert answers(fault, FINAL, 4) == [True, True, False, False]


def test_a_fault_begins_later() -> None:
    assert answers(faults.after(2, faults.sender_blocked()), FINAL, 4) == [False, False, True, True]


def test_a_fault_strikes_one_account() -> None:
    fault = faults.only(lambda moment: moment.account == "a", faults.silent(Verb.DATA))
    assert fault(Moment(Verb.DATA, account="a")) is Mishap.HANG
    assert fault(Moment(Verb.DATA, account="b")) is None


def test_the_first_hook_with_an_answer_decides() -> None:
    hook = faults.first_of(faults.quota_exceeded(), faults.at(Verb.MAIL, "250 fine"))
    assert str(hook(Moment(Verb.MAIL))).startswith("550 5.4.5")
    assert hook(RCPT) is None


def test_greylisting_defers_each_pair_of_sender_and_recipient_for_a_while() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    fault = faults.greylisting(lambda: now)
    ada, bob = Moment(Verb.RCPT, "ada@a.example", "us"), Moment(Verb.RCPT, "bob@b.example", "us")
    assert "Greylisted" in str(fault(ada))
    assert fault(Moment(Verb.MAIL, "us")) is None
    now += timedelta(minutes=4)
    assert "Greylisted" in str(fault(ada))
    now += timedelta(minutes=1)
    assert fault(ada) is None
    assert "Greylisted" in str(fault(bob))
