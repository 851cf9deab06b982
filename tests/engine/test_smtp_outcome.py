import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.smtp_outcome import Decision, Phase, SmtpReply, decide
from marketing_agent.engine.values import Outcome

AFTER_DATA = {Phase.DATA, Phase.FINAL, Phase.QUIT}


def at(phase: str, code: int | None, text: str = "") -> Decision:
    return decide(SmtpReply(Phase(phase), code, text))


def test_only_a_2xx_to_the_final_dot_is_sent() -> None:
    assert at("final", 250, "2.0.0 Ok: queued as 1A2B").outcome is Outcome.SENT
    assert at("rcpt", 250, "Ok").outcome is not Outcome.SENT
    assert at("quit", 221, "Bye").outcome is not Outcome.SENT


@pytest.mark.parametrize("phase", ["data", "final", "quit"])
def test_a_break_after_data_is_unknown(phase: str) -> None:
    assert at(phase, None, "timed out").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("code", [0, 99, 199, 354, 399, 600, 999, -1])
def test_a_final_reply_that_makes_no_sense_is_unknown(code: int) -> None:
    assert at("final", code, "?").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("phase", ["connect", "tls", "login"])
@pytest.mark.parametrize("code", [None, 421, 554])
def test_a_relay_that_cannot_be_reached_is_trouble_of_the_account(
    phase: str, code: int | None
) -> None:
    decision = at(phase, code, "service not available")
    assert decision.outcome is Outcome.ACCOUNT
    assert decision.transient == (code != 554)


def test_an_untrusted_certificate_does_not_pass_by_itself() -> None:
    decision = at("tls", None, "certificate verify failed: self-signed certificate")
    assert (decision.outcome, decision.reason) == (Outcome.ACCOUNT, "tls_failed")
    assert not decision.transient


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_a_break_before_data_is_soon_tried_again_and_blames_nobody(phase: str) -> None:
    decision = at(phase, None, "connection reset")
    assert (decision.outcome, decision.code) == (Outcome.TEMPORARY, None)
    assert decision.reason == "connection_broke_before_data"


ACCOUNT = [
    ("login", 535, "5.7.8 Username and Password not accepted", "login_refused"),
    ("mail", 530, "5.7.0 Authentication Required", "login_refused"),
    ("mail", 530, "Must issue a STARTTLS command first", "login_refused"),
    ("login", 534, "5.7.14 Please log in via your web browser", "login_refused"),
    ("rcpt", 550, "5.7.0 authentication required", "login_refused"),
    ("rcpt", 550, "5.4.5 Daily user sending limit exceeded", "sending_quota"),
    ("final", 550, "5.4.5 Daily sending quota exceeded", "sending_quota"),
    ("final", 550, "5.1.90 too many recipients in 24 hours", "sending_quota"),
    (
        "final",
        554,
        "5.7.60 client does not have permissions to send as this sender",
        "sender_not_allowed",
    ),
    ("final", 554, "5.2.0 STOREDRV; SendAsDenied; not permitted", "sender_not_allowed"),
    ("mail", 550, "sender not allowed here", "sender_refused"),
    (
        "mail",
        553,
        "5.7.1 <a@x>: Sender address rejected: not owned by user b",
        "sender_not_allowed",
    ),
    (
        "rcpt",
        553,
        "5.7.1 <a@x>: Sender address rejected: not owned by user b",
        "sender_not_allowed",
    ),
    ("rcpt", 554, "5.7.1 <b@y>: Relay access denied", "relay_refused"),
    ("final", 550, "5.1.8 Access denied, bad outbound sender", "sender_not_allowed"),
]


@pytest.mark.parametrize(("phase", "code", "text", "reason"), ACCOUNT)
def test_trouble_of_our_account_never_touches_the_address(
    phase: str, code: int, text: str, reason: str
) -> None:
    decision = at(phase, code, text)
    assert (decision.outcome, decision.reason) == (Outcome.ACCOUNT, reason)
    assert not decision.transient


HARD = [
    (550, "5.1.1 <b@y>: Recipient address rejected: User unknown in virtual mailbox table"),
    (550, "No such user here"),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound"),
    (550, "5.4.1 Recipient address rejected: Access denied"),
    (554, "delivery error: dd This user doesn't have a mailbox here"),
    (556, "5.1.10 recipient domain publishes a null MX"),
    (550, "5.2.1 The account that you tried to reach is disabled"),
    (551, "user not local"),
]


@pytest.mark.parametrize(("code", "text"), HARD)
@pytest.mark.parametrize("phase", ["rcpt", "final"])
def test_a_missing_mailbox_is_hard(phase: str, code: int, text: str) -> None:
    assert at(phase, code, text).outcome is Outcome.HARD


BLOCK = [
    (550, "5.7.1 Message refused by policy", ""),
    (550, "5.7.1", "policy"),
    (550, "5.7.26 This mail is unauthenticated - gsmtp", "google_authentication"),
    (421, "4.7.28 unusual rate of unsolicited mail from your IP - gsmtp", "google_rate"),
    (421, "4.7.26 not authenticated; neither SPF nor DKIM - gsmtp", "google_authentication"),
    (550, "5.7.515 sending domain does not meet the required level", "microsoft_authentication"),
    (550, "5.7.606 Access denied, banned sending IP [192.0.2.1]", "microsoft_listed"),
    (451, "4.7.650 The mail server [192.0.2.1] has been rate limited", "microsoft_rate"),
    (421, "4.7.0 [TSS04] Messages temporarily deferred", "yahoo_rate"),
    (553, "5.7.1 [BL21] Connections not accepted", "yahoo_listed"),
    (554, "Service unavailable; blocked using zen.spamhaus.org", "listed"),
    (550, "This message was classified as spam", "spam"),
    (550, "Rejected", "rejected"),
    (599, "xyzzy", "unrecognised"),
    (552, "5.3.4 message size exceeds fixed limit", "too_large"),
]


@pytest.mark.parametrize(("code", "text", "reason"), BLOCK)
def test_blocks_are_named_and_never_hard(code: int, text: str, reason: str) -> None:
    decision = at("final", code, text)
    assert decision.outcome is Outcome.BLOCK
    assert reason in {"", decision.reason}


TEMPORARY = [
    (552, "5.2.2 mailbox full"),
    (452, "4.2.2 over quota"),
    (450, "4.1.1 user unknown"),
    (451, "4.3.0 try again later"),
    (421, "service not available"),
    (450, "4.7.1 policy says later"),
    (431, ""),
]


@pytest.mark.parametrize(("code", "text"), TEMPORARY)
def test_the_recipients_passing_trouble_is_temporary(code: int, text: str) -> None:
    assert at("rcpt", code, text).outcome is Outcome.TEMPORARY


@pytest.mark.parametrize(
    "text", ["4.7.1 Greylisted, see the manual", "graylisted", "please try again in 300 seconds"]
)
def test_greylisting_is_flagged(text: str) -> None:
    decision = at("rcpt", 450, text)
    assert (decision.outcome, decision.greylisted) == (Outcome.TEMPORARY, True)
    assert not at("rcpt", 450, "4.2.2 mailbox full").greylisted


def test_the_enhanced_code_must_be_of_the_replys_class() -> None:
    assert at("final", 550, "5.7.1 no").enhanced == "5.7.1"
    assert at("final", 550, "mailer 4.2.1 says no").enhanced is None
    assert at("final", 550, "client 192.5.1.1 refused").enhanced is None


replies = st.builds(
    SmtpReply,
    st.sampled_from(Phase),
    st.none() | st.integers(-10, 1000) | st.integers(400, 599),
    st.text(max_size=200)
    | st.sampled_from([each[1] for each in HARD] + [each[1] for each in BLOCK + TEMPORARY]),
)


@given(replies)
def test_any_reply_has_a_decision_and_the_dangerous_ones_are_impossible(reply: SmtpReply) -> None:
    decision = decide(reply)
    assert decision.code == reply.code
    assert decision.reason
    accepted = reply.phase is Phase.FINAL and 200 <= (reply.code or 0) < 300
    assert (decision.outcome is Outcome.SENT) == accepted
    if reply.code is None and reply.phase in AFTER_DATA:
        assert decision.outcome is Outcome.UNKNOWN
    if decision.outcome is Outcome.HARD:
        assert 500 <= (reply.code or 0) < 600
    if decision.outcome is Outcome.TEMPORARY and reply.code is None:
        assert reply.phase not in AFTER_DATA
