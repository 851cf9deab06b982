"""Bounces told in prose: every kind of server, however gateways change the form of its report."""

import base64
import quopri
import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from mail.reports import DAEMON, LETTER, REPORTS, Report
from mail.reports_abroad import ABROAD
from marketing_agent.mail.classify import Classified, classify
from marketing_agent.mail.parse import parse

BY_NAME = [pytest.param(one, id=one.name) for one in (*REPORTS, *ABROAD)]


def judged(raw: bytes) -> Classified:
    return classify(parse(raw))


def told(found: Classified) -> list[tuple[str, str]]:
    return [(one.recipient, one.category) for one in found.recipients]


def more() -> list[Report]:
    text = Path(__file__).with_name("report_texts.toml").read_text("utf-8")
    return [Report(**one) for one in tomllib.loads(text)["report"]]


@pytest.mark.parametrize("report", [pytest.param(one, id=one.name) for one in more()])
def test_many_more_servers_are_understood(report: Report) -> None:
    found = judged(report.raw().replace(b"Return-Path: <>\n", b"", 1))
    named = "list@client.example" if "list@" in report.body else "jane@client.example"
    assert (found.kind, told(found)) == ("bounce", [(named, report.category)])
    assert found.original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize("report", BY_NAME)
def test_a_report_names_recipient_kind_and_letter(report: Report) -> None:
    found = judged(report.raw())
    assert found.kind == "bounce"
    assert told(found) == [("jane@client.example", report.category)]
    assert found.original_message_id == "e7.x@acme.example"


def upper_cased_fields(raw: bytes) -> bytes:
    head, mark, body = raw.partition(b"\n\n")
    return re.sub(rb"(?m)^[A-Za-z-]+:", lambda name: name[0].upper(), head) + mark + body


def encoded(name: bytes, encode: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\n\n")
        return head + b"\nContent-Transfer-Encoding: " + name + b"\n\n" + encode(body)

    return change


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "CR": lambda raw: raw.replace(b"\n", b"\r"),
    "capitals": upper_cased_fields,
    "base64": encoded(b"base64", base64.encodebytes),
    "quoted-printable": encoded(b"quoted-printable", quopri.encodestring),
    "another domain": lambda raw: raw.replace(b"client.example", b"kunde.example.net"),
}


@pytest.mark.parametrize("report", BY_NAME)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_form_changes_nothing(report: Report, change: Callable[[bytes], bytes]) -> None:
    found = judged(change(report.raw()))
    address = "jane@client.example" if b"client" in change(b"client.example") else "jane@kunde."
    assert found.kind == "bounce"
    assert [one.category for one in found.recipients] == [report.category]
    assert found.recipients[0].recipient.startswith(address) or address == "jane@client.example"
    assert found.original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize("report", BY_NAME)
def test_the_letter_may_be_attached(report: Report) -> None:
    found = judged(report.with_letter_attached())
    assert told(found) == [("jane@client.example", report.category)]
    assert found.original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize("report", BY_NAME)
def test_the_letter_may_be_missing(report: Report) -> None:
    found = judged(report.raw(below=""))
    assert found.kind == "bounce"
    assert told(found) == [("jane@client.example", report.category)]


@pytest.mark.parametrize("report", BY_NAME)
def test_a_person_who_forwards_a_report_is_a_person(report: Report) -> None:
    passed_on = Report("", "", report.body, f"Fwd: {report.subject}", "Ann <ann@acme.example>")
    for raw in (passed_on.raw(), passed_on.with_letter_attached()):
        assert judged(raw.replace(b"Return-Path: <>\n", b"", 1)).kind == "human"


def test_a_report_in_a_language_that_nobody_knows_is_told_by_its_form() -> None:
    report = Report("", "", "Xyzzy plugh.\n\n<jane@client.example>:\n\nfrotz\n", "Grue")
    assert told(judged(report.with_letter_attached())) == [("jane@client.example", "unknown")]


def test_the_innermost_reply_outranks_the_words_around_it() -> None:
    body = (
        "Your mail was rejected as spam by some, or the user is unknown, or over quota.\n\n"
        "<jane@client.example>: host mx.client.example said: 550 5.1.1 gone -> 452 mailbox full\n"
    )
    assert told(judged(Report("", "", body).raw())) == [("jane@client.example", "soft")]


def test_an_address_within_a_reply_is_no_recipient() -> None:
    body = (
        "The following recipients failed:\n\n  jane@client.example\n\n"
        "550-jane@client.example is not a known user, says\n"
        "   help@client.example at once\n\n"
    )
    assert [one.recipient for one in judged(Report("", "", body).raw()).recipients] == [
        "jane@client.example"
    ]


def test_a_server_may_name_its_users_without_their_domain() -> None:
    report = Report(
        "",
        "",
        "Your mail to the following recipients could not be delivered:\n\tjane\n",
        sender="Mail Delivery <MAILER-DAEMON@client.example>",
    )
    assert [one.recipient for one in judged(report.raw(below="")).recipients] == [
        "jane@client.example"
    ]


def test_who_wrote_to_himself_failed_himself() -> None:
    body = "The following address(es) failed:\n\n  max@acme.example\n    550 user unknown\n\n"
    letter = LETTER.replace("jane@client.example", "all@acme.example")
    found = judged(Report("", "", body).raw(below=letter))
    assert told(found) == [("max@acme.example", "hard")]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Loop Alert: Duplicated Message-ID", "Duplicated Message-ID in <list@client.example>."),
        (
            "Your message was rejected",
            "You are not a member of this mailing list <list@client.example>.",
        ),
    ],
)
def test_a_list_that_refuses_a_post_bounces_it(subject: str, text: str) -> None:
    report = Report(
        "", "", f"{text}\n\nOriginal mail as follows:\n\n", subject, "list-admin@client.example"
    )
    found = judged(report.raw())
    assert found.kind == "bounce"
    assert [one.recipient for one in found.recipients] == ["list@client.example"]


def test_a_report_of_success_in_prose_is_no_bounce() -> None:
    report = Report("", "", "Your message was successfully delivered to <jane@client.example>.")
    assert judged(report.raw(below="")).kind != "bounce"


@pytest.mark.parametrize(
    "letter",
    [
        "Content-Type: message/rfc822\n\n" + LETTER,
        "Content-Type: text/rfc822-headers\n\n" + LETTER,
        "Content-Type: text/plain; name=headers.txt\nContent-Disposition: attachment\n\n" + LETTER,
        LETTER,  # pasted behind the boundary, without a header of the part
        "Content-Type: message/rfc822\n\nDKIM-Signature: v=1;\ns=key;\n" + LETTER,
    ],
    ids=["attached", "headers", "a text file", "bare", "a broken header"],
)
def test_the_letter_is_found_in_every_form(letter: str) -> None:
    report = REPORTS[0]
    head = report.head("multipart/mixed; boundary=cut")
    raw = f"{head}\n--cut\n\n{report.body}\n--cut\n{letter}\n--cut--\n".encode()
    assert judged(raw).original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_without_the_letter_the_answered_id_is_the_letters(name: str) -> None:
    raw = f"{name}: <e7.x@acme.example>\n".encode() + REPORTS[0].raw(below="")
    assert judged(raw).original_message_id == "e7.x@acme.example"


@pytest.mark.parametrize(
    "unit",
    [
        *("@", "a@b.example\n", "550 ", "said: 550 -'550 ", "<a@b.example>:\n"),
        "<a@b.example>" + " " * 470 + "!\n",  # took half a minute
        "copy of the message" + " " * 9_000 + "\x01",  # took minutes
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    body = "Could not be delivered to the following recipients:\n" + unit * (60_000 // len(unit))
    raw = f"From: {DAEMON}\nSubject: Undelivered\n\n{body}".encode()
    judged(REPORTS[0].raw())  # reads the data
    began = time.perf_counter()
    assert judged(raw).kind == "bounce"
    assert time.perf_counter() - began < 3  # seconds or minutes, were it not linear
