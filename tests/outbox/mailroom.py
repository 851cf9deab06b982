"""A mail room for tests: inboxes, prospects and a campaign over the sandbox's SMTP server."""

from datetime import UTC, date, datetime, time, timedelta

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import enroll_ready, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.sender import sender_identity
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.inboxes.actions import pause, put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.parse import parse
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.deliver import Delivery, Tally
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Attempt, Email, Generation
from marketing_agent.outbox.plan import plan_due
from marketing_agent.outbox.send import CycleResult, run_cycle
from marketing_agent.prospects.models import Prospect
from marketing_agent.sandbox.answers import Answer, Moment, Verb
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.workers.clock import SimulatedClock
from marketing_agent.workers.threads import InlineLanes

MONDAY = datetime(2026, 3, 2, 16, 50, tzinfo=UTC)  # late in the window: the day's quota is due
BY = Actor("ada", "test")


class MailRoom:
    """Inboxes, prospects and a clock that stands still until it is moved."""

    def __init__(self, smtp: SmtpServer) -> None:
        self.smtp = smtp
        self.clock = SimulatedClock(MONDAY)
        set_switch("sender_name", "Ada Adler", BY, MONDAY)
        set_switch("postal_address", "1 Example Street", BY, MONDAY)

    def inbox(self, address: str = "inbox1@example.com", **facts: object) -> Inbox:
        number = Inbox.objects.count() + 1
        self.smtp.accounts[address] = "pw"
        secret = f"{address}|pw|127.0.0.1|{self.smtp.port}|Ada|127.0.0.1|1"
        put_secret(f"SMTP_INBOX_{number}", secret, by=BY, now=self.clock.now())
        columns: dict[str, object] = {
            "address": address,
            "address_key": address,
            "secret_name": f"SMTP_INBOX_{number}",
            "window_start": time(9),
            "window_end": time(17),
            "daily_limit": 40,
            "warmup_enabled": False,
            "warmup_start_date": date(2026, 1, 1),
            "minimum_gap_s": 0,
            "created_at": MONDAY,
            "updated_at": MONDAY,
        }
        return Inbox.objects.create(**columns | facts)

    def campaign(self, steps: int = 2) -> None:
        drafts = [
            StepDraft(f"Hello {{{{ first_name }}}}, letter {n}.", "Hi" if n == 1 else "", 3)
            for n in range(1, steps + 1)
        ]
        save_campaign("First", drafts, BY, self.clock.now())

    def prospect(self, name: str, **facts: object) -> Prospect:
        address = f"{name}@{name}.example"
        columns: dict[str, object] = {
            "company": name,
            "first_name": name.title(),
            "address": address,
            "address_key": address,
            "domain": f"{name}.example",
            "provider": f"{name}.example",
            "stage": Stage.READY,
            "stage_changed_at": MONDAY,
            "created_at": MONDAY,
            "updated_at": MONDAY,
        }
        row = Prospect.objects.create(**columns | facts)
        enroll_ready([row.pk], self.clock.now())
        return row

    def people(self, *names: str) -> list[Prospect]:
        return [self.prospect(name) for name in names]

    def cycle(self, limit: int | None = None) -> CycleResult:
        return run_cycle(self.delivery(), "test", limit=limit)

    def delivery(self) -> Delivery:
        return Delivery(DirectDesk(self.clock.now), InlineLanes(), self.clock.now)

    def plan(self) -> list[Email]:
        plan_due(sender_identity(), self.clock.now())
        return list(Email.objects.filter(state=EmailState.PLANNED).order_by("id"))

    def claimed(self) -> list[Email]:
        self.plan()
        return claim(due_letters(100, self.clock.now()), "test", self.clock.now())

    def deliver(self, emails: list[Email]) -> Tally:
        return self.delivery().run(emails)

    def pause(self) -> None:
        inbox, now = Inbox.objects.earliest("id"), self.clock.now()
        pause(inbox.pk, cause="manual", reason="a doubt", until=None, by=BY, now=now)

    def later(self, **span: float) -> datetime:
        """Let time pass, while a worker goes on looking for work."""
        self.go_down(**span)
        Generation.objects.update(seen_at=self.clock.now())
        return self.clock.now()

    def go_down(self, **span: float) -> None:
        """Let time pass while nothing runs."""
        self.clock.move_to(self.clock.now() + timedelta(**span))

    def answer(self, verb: Verb, with_: Answer, to: str = "") -> None:
        """Have the server answer `with_` at `verb`, for one recipient or for all."""

        def decide(moment: Moment) -> Answer:
            return with_ if moment.verb is verb and to in moment.address else None

        self.smtp.decide = decide

    def letter(self, name: str) -> Email:
        return Email.objects.filter(address_key=f"{name}@{name}.example").latest("id")

    def attempts(self, name: str) -> list[Attempt]:
        return list(Attempt.objects.filter(email=self.letter(name)).order_by("id"))

    def accepted(self) -> list[str]:
        return [parse(each.raw).message_id or "" for each in self.smtp.accepted]
