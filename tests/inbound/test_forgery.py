"""What ties nothing: reports on other mails, guesses, endless headers; and what looking up costs."""

from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbound.posted import (
    AWAY,
    a_posted_scene,
    pasted,
    posted,
    returned,
    unmatched,
)
from inbound.scene import (
    INBOX,
    a_letter,
    a_scene,
    answer,
    mail,
    receive,
)
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.prospects.models import Suppression
from marketing_agent.store.columns import new_public_id

pytestmark = pytest.mark.django_db


# Reports: what a mail quotes is another mail


def test_a_report_on_a_mail_that_quotes_our_letter_is_not_about_our_letter() -> None:
    """Somebody here wrote to a wrong address by hand, below the letter that is being spoken of."""
    scene = a_posted_scene()
    by_hand = mail(
        pasted(f"Dear Olaf\r\n\r\n> inbox1+{scene.letter.public_id}@example.com"),
        sender=INBOX,
        subject="Re: Your bookings",
        To="olaf@hotel.example",
        Message_ID="<by-hand-4711@example.com>",
        In_Reply_To="<1@hotel.example>",
        References=f"<{scene.letter.message_id}> <1@hotel.example>",
    )
    [item] = receive(returned(by_hand, to="olaf@hotel.example"))
    assert item.reason.startswith("matches no mail of ours")
    assert (Bounce.objects.count(), Suppression.objects.count()) == (0, 0)
    assert (scene.stage(), Email.objects.get().state) == ("contacted", "sent")


def test_a_report_speaks_of_the_last_of_its_references_not_of_the_thread() -> None:
    scene = a_posted_scene()
    shown = b"From: inbox1@example.com\r\nTo: olaf@hotel.example\r\nSubject: Hi\r\n\r\nHi"
    thread = f"References: <{scene.letter.message_id}> <by-hand-4711@example.com>\r\n".encode()
    [item] = receive(thread + returned(shown, to="olaf@hotel.example"))
    assert (item.match, Bounce.objects.count()) == ("", 0)
    named = f"References: <{scene.letter.message_id}>\r\n".encode()
    [item] = receive(named + returned(shown, mark="2"))
    assert (item.match, Bounce.objects.count()) == ("references", 1)


# Hostile senders


def test_whoever_guesses_ids_marks_and_tags_ties_nothing() -> None:
    scene = a_posted_scene()
    guesses = [f"{new_public_id()}.{n:024x}@example.com" for n in range(200)]
    raw = mail(
        " ".join(f"inbox1+{new_public_id()}@example.com" for _ in range(500)),
        sender=AWAY,
        In_Reply_To=f"<{guesses[0]}>",
        References=" ".join(f"<{each}>" for each in guesses),
        To=f"inbox1+{new_public_id()}@example.com",
        subject=f"unsubscribe {new_public_id()}",
    )
    [item] = receive(raw)
    assert (item.match, item.email, item.state) == ("", None, "processed")
    assert scene.sequence().state == "active"


def test_a_mark_of_ours_before_another_id_is_not_our_id() -> None:
    letter = a_posted_scene().letter
    forged = f"{letter.public_id}.{'0' * 24}@example.com"
    [item] = receive(mail("Yes", sender=AWAY, In_Reply_To=f"<{forged}>"))
    assert unmatched(item)


def test_a_batch_of_endless_headers_is_worked_through_in_good_time() -> None:
    scene = a_posted_scene()
    endless = " ".join(f"<{n}@s.example>" for n in range(10_000))
    marks = " ".join(new_public_id() for _ in range(2_000))
    raws = [mail(f"{n} {marks}", sender=AWAY, References=endless) for n in range(99)]
    raws.append(mail("Yes", sender=AWAY, References=f"<{scene.letter.message_id}> {endless}"))
    started = monotonic()
    items = receive(*raws)
    assert monotonic() - started < 20
    assert {each.state for each in items} == {"processed"}
    assert items[-1].email == scene.letter


def test_odd_bytes_in_thread_headers_hold_nothing_up() -> None:
    letter = a_posted_scene().letter
    raw = answer(letter, "Yes", sender=AWAY).replace(
        b"In-Reply-To: <",
        b"References: <\x00\xff\xed\xa0\x80@x> <" + b"a" * 900 + b"@x>\r\nIn-Reply-To: <",
    )
    [item] = receive(raw)
    assert (item.state, item.email) == ("processed", letter)


# Cost


def test_a_batch_is_looked_up_with_the_same_few_queries_whatever_its_size() -> None:
    scenes = [a_posted_scene(f"p{n}@inn{n}.example") for n in range(13)]
    raws = [
        answer(each.letter, pasted("Yes", to=each.prospect.address), sender=each.prospect.address)
        for each in scenes
    ]
    reads = []
    for batch in (raws[:1], raws[1:]):
        with CaptureQueriesContext(connection) as captured:
            receive(*batch)
        selects = [each["sql"] for each in captured if each["sql"].startswith("SELECT")]
        reads.append(sum('FROM "outbox_email"' in each and " OR " in each for each in selects))
        reads.append(sum('FROM "outbox_otherid"' in each for each in selects))
    assert reads == [1, 1, 1, 1]


def test_letters_of_a_batch_are_found_by_their_indexes() -> None:
    """One OR over four columns must not read the whole table."""
    scene = a_scene()
    for step in range(2, 40):
        posted(a_letter(scene.prospect, scene.inbox, step=step))
    letter = posted(scene.letter)
    with CaptureQueriesContext(connection) as captured:
        receive(answer(letter, "Yes"))
    [sql] = [
        each["sql"]
        for each in captured
        if 'FROM "outbox_email"' in each["sql"] and " OR " in each["sql"]
    ]
    assert 'JOIN "outbox_otherid"' not in sql
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A small table is cheap to walk in any order; whether the indexes serve is the question.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert "BitmapOr" in plan
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert "MULTI-INDEX OR" in plan
