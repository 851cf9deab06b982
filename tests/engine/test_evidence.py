"""What may settle an outcome that nobody knows, and what may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.evidence import (
    CALIBRATION,
    GIVE_UP,
    SETTLING,
    Filing,
    Traces,
    judge,
    next_look,
)
from marketing_agent.engine.values import EvidenceKind

DATA_AT = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROVEN = Filing(asked=CALIBRATION, found=CALIBRATION, later=True)
ABSENT = Traces(age=SETTLING, filing=PROVEN)


def test_our_own_copy_proves_it_whatever_else_is_known() -> None:
    verdict = judge(replace(ABSENT, copy="Sent (UID 7)", unread="", absence_counts=False))
    assert (verdict.sent, verdict.kind) == (True, EvidenceKind.OWN_COPY)
    assert "Sent (UID 7)" in verdict.sentence


def test_a_mail_that_names_it_proves_it_even_where_sent_cannot_be_read() -> None:
    verdict = judge(Traces(MINUTE, named_by="inbox item x", unread="The server is away."))
    assert (verdict.sent, verdict.kind) == (True, EvidenceKind.NAMED)


def test_its_absence_where_the_server_files_everything_disproves_it() -> None:
    verdict = judge(ABSENT)
    assert (verdict.sent, verdict.kind) == (False, EvidenceKind.ABSENCE)
    assert "each of our last 10 letters" in verdict.sentence


@pytest.mark.parametrize(
    ("traces", "said"),
    [
        (replace(ABSENT, age=SETTLING - MINUTE), "before 6 hours"),
        (replace(ABSENT, unread="Sent could not be read: away."), "could not be read"),
        (replace(ABSENT, filing=None), "not known"),
        (replace(ABSENT, filing=replace(PROVEN, later=False)), "a later letter"),
        (replace(ABSENT, filing=Filing(9, 9, later=True)), "only 9 other letters"),
        (replace(ABSENT, filing=Filing(20, 19, later=True)), "neither do 1 of our last 20"),
        (replace(ABSENT, filing=Filing(20, 0, later=False)), "files no copies"),
        (replace(ABSENT, absence_counts=False), "settle_by_absence"),
    ],
)
def test_anything_less_leaves_it_to_a_person(traces: Traces, said: str) -> None:
    verdict = judge(traces)
    assert (verdict.sent, verdict.kind) == (None, None)
    assert said in verdict.sentence


FILINGS = st.builds(
    Filing, asked=st.integers(0, 20), found=st.integers(0, 20), later=st.booleans()
).filter(lambda filing: filing.found <= filing.asked)


@given(
    st.builds(
        Traces,
        age=st.timedeltas(timedelta(0), timedelta(days=20)),
        copy=st.sampled_from(["", "Sent (UID 1)"]),
        named_by=st.sampled_from(["", "inbox item x"]),
        unread=st.sampled_from(["", "Away."]),
        filing=st.none() | FILINGS,
        absence_counts=st.booleans(),
    )
)
def test_not_sent_is_never_said_without_full_proof(traces: Traces) -> None:
    verdict = judge(traces)
    assert verdict.sentence
    if verdict.sent is False:
        assert (traces.copy, traces.named_by, traces.unread) == ("", "", "")
        assert traces.age >= SETTLING
        assert traces.filing is not None
        assert traces.filing.asked == traces.filing.found >= CALIBRATION
        assert traces.filing.later
    if verdict.sent is True:
        assert traces.copy or traces.named_by


def test_it_is_looked_at_soon_then_rarely_and_not_for_ever() -> None:
    now, looks = DATA_AT, []
    for number in range(1, 100):
        following = next_look(number, DATA_AT, now)
        if following is None:
            break
        looks.append(following - now)
        now = following
    assert looks[0] == timedelta(minutes=2)
    assert DATA_AT + SETTLING in [DATA_AT + sum(looks[:n], timedelta()) for n in range(len(looks))]
    assert now - DATA_AT >= GIVE_UP
    assert len(looks) < 70
