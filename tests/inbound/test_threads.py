"""To which letter a mail belongs: by what only its holder knows, said in a sentence, never by subject."""

from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbound.posted import (
    a_posted_scene,
    a_second_letter,
    as_sent,
    forwarded,
    pasted,
    posted,
    returned,
)
from inbound.scene import (
    INBOX,
    NINA,
    a_letter,
    a_prospect,
    a_scene,
    an_inbox,
    answer,
    mail,
    receive,
)
from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.store.columns import new_public_id

pytestmark = pytest.mark.django_db

BOSS = "boss@hotel.example"
AWAY = "n.nuss@elsewhere.example"


def unmatched(item: InboxItem) -> bool:
    return (item.kind, item.match, item.email, item.prospect) == ("other", "", None, None)


# What ties a mail to a letter, and how it is said


def test_the_evidence_names_the_letter_and_ends_with_what_was_found() -> None:
    scene = a_posted_scene()
    [item] = receive(answer(scene.letter, "Yes, please."))
    assert item.match == "in_reply_to"
    assert item.match_evidence == (
        f"In-Reply-To names the letter of 11 March 2025 to {NINA}. ({scene.letter.message_id})"
    )


@pytest.mark.parametrize(
    "form",
    [
        "<{upper}>",
        "{bare}",
        "<{split}>",
        "<{bare}> (Ada's mail of 11 March)",
        "<{bare}.hotel.example>",
        "<{ours}@mx7.hotel.example>",
    ],
)
@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_an_id_of_ours_is_known_again_whatever_a_server_did_to_it(header: str, form: str) -> None:
    letter = a_posted_scene().letter
    bare = letter.message_id
    ours, _, _ = bare.partition("@")
    split = f"{bare[:30]}\r\n {bare[30:]}"
    value = form.format(upper=bare.upper(), bare=bare, split=split, ours=ours)
    [item] = receive(mail("Yes", sender=AWAY, **{header: value}))
    assert (item.kind, item.email, item.match) == ("reply", letter, header.lower())
    changed = bare not in value.replace("\r\n ", "").lower() or ".hotel.example" in value
    assert ("another domain" in item.match_evidence) is changed


def test_the_evidence_fits_whatever_the_mail_says() -> None:
    scene = a_posted_scene()
    sender = "x" * 60 + "@" + ".".join(["long" * 12] * 4) + ".example"
    [item] = receive(answer(scene.letter, "Yes", sender=sender))
    assert len(item.match_evidence) <= 500
    assert item.match_evidence.endswith(f"({scene.letter.message_id})")


# Marks in what is quoted


@pytest.mark.parametrize(
    "quoted",
    [
        "> List-Unsubscribe: <mailto:inbox1@example.com?subject=unsubscribe%20{mark}>",
        "> To stop: mailto:inbox1@example.com?subject=unsubscribe%20{mark}",
        "Von: Ada <inbox1+{mark}@example.com>",
        "> https://links.example/?u=https%3A%2F%2Fexample.com%2Fu%2F{mark}&k=9",
        "Message-ID: <{id}>",
    ],
)
def test_a_mark_in_the_quote_ties_an_answer_without_thread_headers(quoted: str) -> None:
    letter = a_posted_scene().letter
    body = f"Please call me.\r\n\r\n{quoted.format(mark=letter.public_id, id=letter.message_id)}"
    [item] = receive(mail(body, sender=AWAY, subject="Hello"))
    assert (item.kind, item.email, item.match) == ("reply", letter, "quoted_mark")
    assert f"the letter of 11 March 2025 to {NINA}" in item.match_evidence
    assert f"another address: {AWAY}" in item.match_evidence
    assert item.match_evidence.endswith(f"({letter.public_id})")


def test_a_mark_that_is_not_ours_ties_nothing() -> None:
    a_posted_scene()
    body = f"See mailto:{INBOX}?subject=unsubscribe%20{new_public_id()} and {new_public_id()}"
    [item] = receive(mail(body, sender=AWAY))
    assert unmatched(item)


def test_a_mark_proves_that_an_unknown_letter_was_sent() -> None:
    letter = a_posted_scene(state=EmailState.UNKNOWN).letter
    receive(mail(f"Yes\r\n\r\n> inbox1+{letter.public_id}@example.com", sender=AWAY))
    assert Email.objects.get().state == "sent"


# A pasted header: all three fields, or nothing


def test_an_answer_from_elsewhere_is_tied_by_a_pasted_header() -> None:
    scene = a_posted_scene()
    [item] = receive(mail(pasted("Gern, rufen Sie an."), sender=AWAY, subject="AW: Your bookings"))
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "quoted_header")
    assert item.match_evidence.startswith("From, To and Subject of a quoted header are those of")
    assert scene.sequence().state == "stopped"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "somebody@example.com"},
        {"to": "olaf@hotel.example"},
        {"subject": "Your booking"},
        {"subject": "Re:"},
    ],
)
def test_two_of_three_fields_are_not_enough(wrong: dict[str, str]) -> None:
    scene = a_posted_scene()
    [item] = receive(mail(pasted("Yes", **wrong), sender=AWAY))
    assert unmatched(item)
    assert scene.sequence().state == "active"


def test_a_pasted_header_counts_in_the_inbox_that_wrote_the_letter_only() -> None:
    a_posted_scene()
    other = an_inbox("inbox2@example.com")
    Email.objects.update(inbox=other)
    [item] = receive(mail(pasted("Yes", sender=other.address), sender=AWAY))
    assert unmatched(item)


def test_a_pasted_header_of_a_letter_that_never_left_ties_nothing() -> None:
    a_posted_scene(state=EmailState.PLANNED)
    [item] = receive(mail(pasted("Yes"), sender=AWAY))
    assert unmatched(item)


def test_a_pasted_header_is_no_proof() -> None:
    """Everybody to whom the campaign writes knows its subject, and may know whom else it wrote to."""
    a_posted_scene(state=EmailState.UNKNOWN)
    [item] = receive(mail(pasted("Yes"), sender=AWAY))
    assert item.match == "quoted_header"
    assert Email.objects.get().state == "unknown"


def test_a_pasted_header_makes_no_bounce() -> None:
    scene = a_posted_scene()
    shown = f"From: {INBOX}\r\nTo: {NINA}\r\nSubject: Your bookings\r\n\r\nHello".encode()
    [item] = receive(returned(shown))
    assert item.reason.startswith("matches no mail of ours")
    assert (Bounce.objects.count(), scene.stage()) == (0, "contacted")


# Other addresses of the same person


@pytest.mark.parametrize("sender", [AWAY, "nina.nuss@hotel.example", "nina@hotels.example"])
def test_an_answer_from_another_address_belongs_to_the_one_written_to(sender: str) -> None:
    scene = a_posted_scene()
    [item] = receive(answer(scene.letter, "Gladly.", sender=sender))
    assert (item.email, item.prospect) == (scene.letter, scene.prospect)
    assert item.match_evidence.count(sender) == 1
    assert scene.sequence().state == "stopped"


@pytest.mark.parametrize("sender", ["nina@hotel-group.example", "nina@mail.hotel.example"])
def test_the_same_name_at_a_sibling_domain_proves_nothing(sender: str) -> None:
    scene = a_posted_scene()
    [item] = receive(mail("Gladly.", sender=sender))
    assert unmatched(item)
    assert scene.sequence().state == "active"


# Colleagues


def test_a_colleague_in_the_thread_ends_the_sequence_and_the_evidence_says_who_it_was() -> None:
    scene = a_posted_scene()
    raw = mail(
        "Nina has left.", sender=BOSS, References=f"<{scene.letter.message_id}> <9@h.example>"
    )
    [item] = receive(raw)
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "references")
    assert f"A colleague answered, or the same person from another address there: {BOSS}" in (
        item.match_evidence
    )
    assert (scene.stage(), scene.sequence().state) == ("engaged", "stopped")


def test_whoever_answers_for_somebody_else_is_not_written_to_either() -> None:
    scene, other = a_posted_scene(), a_posted_scene("olaf@hotel.example")
    third = a_posted_scene("paul@hotel.example")
    Campaign.objects.update(stop_for_colleagues=False)
    [item] = receive(
        answer(scene.letter, "Nina asked me: no, thanks.", sender="olaf@hotel.example")
    )
    assert (item.email, item.prospect) == (scene.letter, scene.prospect)
    stopped = [each.sequence().state for each in (scene, other, third)]
    assert stopped == ["stopped", "stopped", "active"]


def test_a_stranger_who_answers_changes_nothing_for_other_prospects() -> None:
    scene, other = a_posted_scene(), a_posted_scene("o@inn.example")
    receive(answer(scene.letter, "Yes", sender=AWAY))
    assert (scene.sequence().state, other.sequence().state) == ("stopped", "active")


def test_a_mail_from_the_company_without_any_mark_belongs_to_nobody() -> None:
    scene = a_posted_scene()
    [item] = receive(mail("We do not want any more mail from you.", sender=BOSS))
    assert unmatched(item)
    assert scene.sequence().state == "active"


@pytest.mark.parametrize("how", ["header", "mark"])
def test_a_mail_from_the_company_that_quotes_our_letter_belongs_to_it(how: str) -> None:
    scene = a_posted_scene()
    marked = f"Not for us.\r\n\r\n> inbox1+{scene.letter.public_id}@example.com"
    body = pasted("Not for us.") if how == "header" else marked
    [item] = receive(mail(body, sender=BOSS, subject="Your mail"))
    assert (item.email, item.match) == (scene.letter, f"quoted_{how}")
    assert BOSS in item.match_evidence


def test_colleagues_at_a_public_provider_are_strangers() -> None:
    scene = a_posted_scene("nina.nuss@gmail.com")
    [item] = receive(answer(scene.letter, "Yes", sender="somebody@gmail.com"))
    assert "another address: somebody@gmail.com" in item.match_evidence


# Forwards


@pytest.mark.parametrize("prefix", ["Fwd: ", "WG: ", "TR: ", "RV: ", "Doorst: ", ""])
def test_a_forwarded_letter_is_answered_by_whoever_got_it(prefix: str) -> None:
    scene = a_posted_scene()
    raw = forwarded(as_sent(scene.letter), "I am the one to ask.", BOSS, f"{prefix}Your bookings")
    [item] = receive(raw)
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "embedded")
    assert item.match_evidence.startswith("The mail that it shows is the letter of 11 March 2025")
    assert BOSS in item.match_evidence
    assert (Bounce.objects.count(), Suppression.objects.count()) == (0, 0)
    assert (scene.stage(), Email.objects.get().state) == ("engaged", "sent")


def test_a_letter_forwarded_inline_is_known_by_its_header() -> None:
    scene = a_posted_scene()
    body = (
        "Can you take this?\r\n\r\n---------- Forwarded message ---------\r\n"
        f"From: Ada Adler <{INBOX}>\r\nDate: Tue, 11 Mar 2025 at 13:00\r\n"
        f"Subject: Your bookings\r\nTo: <{NINA}>\r\n\r\n\r\nHello\r\n"
    )
    [item] = receive(mail(body, sender=BOSS, subject="Fwd: Your bookings"))
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "quoted_header")
    assert (Bounce.objects.count(), scene.stage()) == (0, "engaged")


def test_a_forward_by_the_prospect_is_an_answer_of_the_prospect() -> None:
    scene = a_posted_scene()
    [item] = receive(forwarded(as_sent(scene.letter), "What is this?", NINA))
    assert (item.match, item.prospect) == ("embedded", scene.prospect)
    assert "another address" not in item.match_evidence


def test_an_answer_that_is_forwarded_as_an_attachment_is_known_by_its_thread() -> None:
    scene = a_posted_scene()
    inner = answer(scene.letter, "Should we?", sender=NINA)
    [item] = receive(forwarded(inner, "Yes, I decide on that.", BOSS, "Fwd: Re: Your bookings"))
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "quoted_mark")


# Several candidates


def test_the_newest_letter_of_the_thread_counts_in_whatever_order_they_are_named() -> None:
    scene = a_posted_scene()
    first, second = scene.letter, a_second_letter(scene)
    for number, (one, two) in enumerate([(first, second), (second, first)]):
        named = f"<{one.message_id}> <{two.message_id}> <{number}@hotel.example>"
        [item] = receive(mail(f"Yes {number}", sender=AWAY, References=named))
        assert (item.email, item.match) == (second, "references")
        assert "as well" not in item.match_evidence


def test_in_reply_to_goes_above_references_to_somebody_else_and_the_evidence_says_so() -> None:
    scene, other = a_posted_scene(), a_posted_scene("o@inn.example")
    raw = mail(
        "Yes",
        sender=AWAY,
        In_Reply_To=f"<{scene.letter.message_id}>",
        References=f"<{scene.letter.message_id}> <{other.letter.message_id}>",
    )
    [item] = receive(raw)
    assert (item.email, item.match) == (scene.letter, "in_reply_to")
    said = "References name the letter of 11 March 2025 to o@inn.example as well"
    assert said in item.match_evidence
    assert (scene.sequence().state, other.sequence().state) == ("stopped", "active")


def test_of_references_to_two_people_the_newest_letter_counts_and_the_other_is_named() -> None:
    scene = a_posted_scene()
    other = a_posted_scene("o@inn.example")
    named = f"<{other.letter.message_id}> <{scene.letter.message_id}>"
    [item] = receive(mail("Yes", sender=AWAY, References=named))
    assert item.email == other.letter
    assert f"to {NINA} as well" in item.match_evidence


def test_an_id_counts_more_than_a_mark_in_the_quote_and_that_more_than_a_header() -> None:
    scene = a_posted_scene()
    older, newer = scene.letter, a_second_letter(scene)
    body = pasted(f"Yes\r\n\r\n> inbox1+{newer.public_id}@example.com")
    [item] = receive(mail(body, sender=AWAY, References=f"<{older.message_id}>"))
    assert (item.email, item.match) == (older, "references")
    [item] = receive(mail(f"{body} again", sender=AWAY))
    assert (item.email, item.match) == (newer, "quoted_mark")


# The sender alone


def test_a_sender_alone_makes_a_reply_and_proves_nothing() -> None:
    scene = a_posted_scene(state=EmailState.UNKNOWN)
    [item] = receive(mail("Sounds good", sender=NINA))
    assert (item.kind, item.match) == ("reply", "sender")
    assert item.match_evidence == (
        "Nothing but its sender's address ties it to the letter of 11 March 2025 to "
        f"{NINA}. ({NINA})"
    )
    assert Email.objects.get().state == "unknown"
    assert scene.sequence().state == "stopped"


def test_a_prospect_whom_no_letter_has_reached_is_known_by_the_sender() -> None:
    prospect = a_prospect(NINA, Stage.READY)
    an_inbox()
    [item] = receive(mail("Please call me"))
    assert (item.prospect, item.match) == (prospect, "sender")
    assert item.match_evidence == (
        f"Its sender is a prospect whom no letter of ours has reached. ({NINA})"
    )


def test_an_automatic_answer_known_by_its_sender_alone_still_puts_the_sequence_off() -> None:
    scene = a_posted_scene()
    raw = mail(
        "I am away until 21 March 2025.", Auto_Submitted="auto-replied", subject="Out of office"
    )
    [item] = receive(raw)
    assert (item.kind, item.match, scene.sequence().state) == ("auto_reply", "sender", "active")
    assert Enrollment.objects.get().refusal_code == "out_of_office"
    assert Prospect.objects.get().replied_at is None


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
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert "BitmapOr" in plan
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert "MULTI-INDEX OR" in plan
