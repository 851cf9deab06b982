"""Hints to a letter: each has a kind that says what it proves, and hostile mails have few."""

from time import monotonic

import pytest

from marketing_agent.mail.match import Candidate, CandidateKind, Strength, candidates
from marketing_agent.mail.parse import parse

MARK = "k7wq3mzdx5tbe2ra"
OURS = f"{MARK}.0123456789abcdef01234567@acme.example"


def kinds(raw: str) -> list[tuple[str, str]]:
    return [(each.kind, each.value) for each in candidates(parse(raw.encode()))]


def test_only_what_holds_random_bits_proves_a_letter() -> None:
    weak = {each for each in CandidateKind if each.strength is not Strength.MARK}
    assert weak == {CandidateKind.QUOTED_HEADER, CandidateKind.SENDER, CandidateKind.OWN_MARK}
    assert CandidateKind.QUOTED_HEADER.strength > CandidateKind.SENDER.strength


def test_every_kind_fits_its_column() -> None:
    assert max(len(each) for each in CandidateKind) <= 16


def test_a_forwarded_letter_is_known_by_its_id_by_its_marks_and_by_its_header() -> None:
    raw = (
        "From: boss@hotel.example\nSubject: Fwd: Your bookings\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nInteresting.\n"
        "--b\nContent-Type: message/rfc822\n\n"
        f"From: Ada <ada@acme.example>\nTo: nina@hotel.example\nSubject: Your bookings\n"
        f"Message-ID: <new@relay.example>\n"
        f"List-Unsubscribe: <mailto:ada@acme.example?subject=unsubscribe%20{MARK}>\n\nHello\n--b--\n"
    )
    found = candidates(parse(raw.encode()))
    assert Candidate(CandidateKind.EMBEDDED, "new@relay.example") in found
    marked = Candidate(CandidateKind.EMBEDDED_MARK, MARK, message_id="new@relay.example")
    assert marked in found
    header = Candidate(
        CandidateKind.QUOTED_HEADER, "nina@hotel.example", "ada@acme.example", "your bookings"
    )
    assert header in found


def test_a_mark_in_a_link_of_the_html_is_found_beside_plain_text() -> None:
    raw = (
        "From: n@hotel.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nYes\n--b\nContent-Type: text/html\n\n<p>Yes</p>"
        f'<a href="mailto:ada@acme.example?subject=unsubscribe%20{MARK}">no more</a>\n--b--\n'
    )
    assert ("quoted_mark", MARK) in kinds(raw)


def test_an_answer_that_is_attached_shows_which_thread_it_is_in() -> None:
    raw = (
        "From: boss@hotel.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: nina@hotel.example\n"
        f"Message-ID: <1@hotel.example>\nReferences: <{OURS}>\n\nWhat do you think?\n--b--\n"
    )
    assert ("quoted_mark", MARK) in kinds(raw)
    assert ("embedded", OURS) not in kinds(raw)


def test_of_ten_thousand_references_the_first_and_the_last_are_looked_at() -> None:
    many = " ".join(f"<{n}@s.example>" for n in range(10_000))
    found = [value for kind, value in kinds(f"References: {many}\n\nHi") if kind == "references"]
    assert len(found) == 40
    assert "0@s.example" in found
    lines = "\n".join(f" <{n}@s.example>" for n in range(300))
    found = [value for _, value in kinds(f"References:{lines}\n\nHi")]
    assert (found[0], found[-1], len(found)) == ("299@s.example", "0@s.example", 40)


@pytest.mark.parametrize(
    "raw",
    [
        "References: " + "<a@b> " * 50_000 + "\n\n",
        "In-Reply-To: " + " ".join(f"<{n}@b.example>" for n in range(50_000)) + "\n\n",
        "".join(f"Delivered-To: a+{n}@b.example\n" for n in range(1_900)) + "\n\n",
        "From: a@b.example\n\n" + " ".join(f"{n:016d}".replace("0", "x") for n in range(50_000)),
        "\n\n" + "From: a@b.example\nTo: c@d.example\nSubject: x\n" * 50_000,
        "Content-Type: message/rfc822\n\n" * 5_000,
        "Content-Type: multipart/mixed; boundary=b\n\n"
        + f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{OURS}>\n\nx\n" * 2_000,
    ],
)
def test_a_hostile_mail_gives_few_hints_and_takes_no_time(raw: str) -> None:
    mail, started = parse(raw.encode()), monotonic()
    assert len(candidates(mail)) <= 120
    assert monotonic() - started < 2
