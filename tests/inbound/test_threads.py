"""To which letter a mail belongs: by what only its holder knows, said in a sentence, never by subject."""

import pytest

from inbound.posted import (
    AWAY,
    a_posted_scene,
    a_second_letter,
    pasted,
    returned,
    unmatched,
)
from inbound.scene import (
    INBOX,
    NINA,
    a_prospect,
    an_inbox,
    answer,
    mail,
    receive,
)
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.store.columns import new_public_id

pytestmark = pytest.mark.django_db


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
    for sender in (INBOX, other.address):
        [item] = receive(mail(pasted("Yes", sender=sender), sender=AWAY))
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
