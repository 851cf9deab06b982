"""Templates: every value or none, and the footer that the law wants."""

import pytest

from campaigns.scenes import SENDER
from marketing_agent.campaigns.drafts import StepDraft, check_campaign
from marketing_agent.campaigns.errors import CampaignRefused
from marketing_agent.campaigns.models import Step
from marketing_agent.campaigns.sender import SenderIdentity, missing
from marketing_agent.campaigns.templates import Rendered, TemplateProblem, render
from marketing_agent.inboxes.models import Inbox
from marketing_agent.prospects.models import Prospect

ANNA = Prospect(first_name="Anna", company="Hotel Adler", address="a@a.de", extra={"rooms": "40"})
INBOX = Inbox(address="us@ours.de")


def filled(body: str, subject: str = "S", first: str = "") -> Rendered:
    return render(Step(subject=subject, body=body), ANNA, INBOX, SENDER, first)


def text(body: str) -> str:
    return filled(body).body.partition("\n\n-- \n")[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Hi {{ first_name }}", "Hi Anna"),
        ("Hi {{ prospect.first_name }}", "Hi Anna"),
        ("{{ extra.rooms }} rooms", "40 rooms"),
        ("{{ sender.name }}, {{ inbox.address }}", "Anna Berg, us@ours.de"),
        ('Hi {{ last_name | default: "there" }}', "Hi there"),
        ("{% if city %}in {{ city }}{% else %}at home{% endif %}", "at home"),
        ("{{ company | upcase }}", "HOTEL ADLER"),
        ("<b>&amp; {{ company }}</b>", "<b>&amp; Hotel Adler</b>"),
    ],
)
def test_values_are_filled_in(body: str, expected: str) -> None:
    assert text(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Hi {{ last_name }}",
        "Hi {{ frist_name }}",
        "{{ extra.stars }}",
        "{{ city | upcase }}",
        "{{ first_name | nonsense }}",
        "{{ first_name",
        "{% if first_name %}open",
        "{% include 'secrets' %}",
        "{% for n in (1..100000000) %}x{% endfor %}",
        "{% for n in city %}x{% endfor %}",
        " ",
        "{% if city %}x{% endif %}",
    ],
)
def test_a_hole_is_a_problem_with_a_sentence(body: str) -> None:
    with pytest.raises(TemplateProblem) as problem:
        filled(body)
    assert str(problem.value).endswith(".")
    assert "\n" not in str(problem.value)


def test_the_line_of_the_problem_is_named() -> None:
    with pytest.raises(TemplateProblem, match=r"line 3"):
        filled("one\ntwo\n{{ nobody }}")


def test_a_subject_never_holds_a_line_break() -> None:
    assert filled("x", "For\n {{ company }}\r\nBcc: eve@evil.de").subject == (
        "For Hotel Adler Bcc: eve@evil.de"
    )


@pytest.mark.parametrize(("first", "subject"), [("Offer", "Re: Offer"), ("Re: Offer", "Re: Offer")])
def test_a_follow_up_answers_the_first_letter(first: str, subject: str) -> None:
    assert filled("x", "", first).subject == subject


def test_there_is_no_letter_without_a_subject() -> None:
    for subject in ("", "{% if city %}x{% endif %}"):
        with pytest.raises(TemplateProblem, match="subject"):
            filled("x", subject)


def test_every_letter_ends_with_the_footer() -> None:
    assert filled("Hello").body == (
        "Hello\n\n-- \nAnna Berg\nExample Ltd\n1 Main Street, Exampletown\n\nReply STOP.\n"
    )


def test_a_prospects_own_braces_are_not_a_template() -> None:
    odd = Prospect(first_name="{{ sender.name }}{% raise %}", address="a@a.de", extra={})
    letter = render(Step(subject="S", body="Hi {{ first_name }}"), odd, INBOX, SENDER, "")
    assert letter.body.startswith("Hi {{ sender.name }}{% raise %}\n")


def test_what_the_sender_lacks_is_named() -> None:
    assert missing(SENDER) == []
    assert missing(SenderIdentity("", "Example Ltd", "1 Main Street", "Reply STOP.")) == []
    assert missing(SenderIdentity("", "", "", "")) == [
        "sender_name",
        "postal_address",
        "opt_out_line",
    ]


GOOD = StepDraft("Hi", "S")


@pytest.mark.parametrize(
    ("name", "steps", "word"),
    [
        ("", [GOOD], "name"),
        ("two\nlines", [GOOD], "name"),
        ("A", [], "steps"),
        ("A", [GOOD] * 21, "steps"),
        ("A", [StepDraft("Hi")], "subject"),
        ("A", [StepDraft(" ", "S")], "body"),
        ("A", [GOOD, StepDraft("x", day_offset=0)], "two letters a day"),
        ("A", [StepDraft("x", "S", day_offset=366)], "day_offset"),
        ("A", [StepDraft("x", "S", day_offset=-1)], "day_offset"),
        ("A", [StepDraft("{{ frist_name }}", "S")], "frist_name"),
        ("A", [StepDraft("{{ prospect.secret }}", "S")], "secret"),
        ("A", [StepDraft("{% if x", "S")], "Step 1, body"),
        ("A", [StepDraft("x" * 20_001, "S")], "too long"),
    ],
)
def test_a_campaign_that_could_not_be_sent_is_refused(
    name: str, steps: list[StepDraft], word: str
) -> None:
    with pytest.raises(CampaignRefused, match=word):
        check_campaign(name, steps)
