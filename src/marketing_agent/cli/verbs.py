"""Every verb of `marketing-agent`: its line of help, its module, and whether it opens the store."""

from enum import Enum
from typing import NamedTuple


class Needs(Enum):
    """What must be ready before a verb's module is imported."""

    NOTHING = "nothing"  # no Django, no store: starts at once
    DJANGO = "django"  # the models, but perhaps no tables yet
    STORE = "store"  # the models, and tables that match them


class Verb(NamedTuple):
    """One row of the table."""

    help: str
    module: str
    needs: Needs = Needs.STORE


_HERE = "marketing_agent.cli"

VERBS: dict[str, Verb] = {
    "init": Verb("Make the home: key, database, token.", f"{_HERE}.init", Needs.NOTHING),
    "env": Verb("Print shell lines for curl and others.", f"{_HERE}.env", Needs.NOTHING),
    "up": Verb("Run web server and worker together, supervised.", f"{_HERE}.up", Needs.NOTHING),
    "web": Verb("Run the web server alone.", f"{_HERE}.web"),
    "worker": Verb("Run the worker alone.", f"{_HERE}.worker"),
    "migrate": Verb("Back up and bring the tables up to date.", f"{_HERE}.migrate", Needs.DJANGO),
    "demo": Verb("Run the main job in a throw-away world.", f"{_HERE}.demo", Needs.NOTHING),
    "prospects": Verb("Import, list and edit prospects.", f"{_HERE}.prospects"),
    "campaigns": Verb("Set campaigns up and preview their letters.", f"{_HERE}.campaigns"),
    "suppress": Verb("Addresses and domains that are never written to.", f"{_HERE}.suppress"),
    "inboxes": Verb("Add, test, pause and resume sending accounts.", f"{_HERE}.inboxes"),
    "secret": Verb("Store credentials, encrypted.", f"{_HERE}.secret"),
    "config": Verb("Read and set run-time switches.", f"{_HERE}.config"),
    "stop": Verb("Emergency stop: nothing leaves from here on.", f"{_HERE}.stop", Needs.DJANGO),
    "resume": Verb("End the emergency stop.", f"{_HERE}.resume"),
    "send": Verb("Run one send cycle now.", f"{_HERE}.send"),
    "why": Verb("Say in sentences why nothing went out.", f"{_HERE}.why"),
    "status": Verb("Show today's figures and what needs a look.", f"{_HERE}.status"),
    "emails": Verb("List letters; settle the ones with unknown outcome.", f"{_HERE}.emails"),
    "outbox": Verb("Take held letters up again.", f"{_HERE}.outbox"),
    "retry-queue": Verb("Retries and dead letters.", f"{_HERE}.retry_queue"),
    "inbox": Verb("Inbound mail: list, show, reprocess, classify.", f"{_HERE}.inbox"),
    "answers": Verb("Answers suggested to positive replies.", f"{_HERE}.answers"),
    "errors": Verb("List recorded errors.", f"{_HERE}.errors"),
    "alerts": Verb("List and close alerts.", f"{_HERE}.alerts"),
    "jobs": Verb("List jobs and run one now.", f"{_HERE}.jobs"),
    "logs": Verb("Show log lines.", f"{_HERE}.logs", Needs.NOTHING),
    "audit": Verb("Show who changed what.", f"{_HERE}.audit"),
    "token": Verb("Make, list and revoke API tokens.", f"{_HERE}.token"),
    "mail": Verb("Classify a mail; strip quotes from a reply.", f"{_HERE}.mail", Needs.NOTHING),
}  # fmt: skip
