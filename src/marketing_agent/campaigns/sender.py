"""Who signs the letters: the identity that the law wants in each of them."""

from dataclasses import dataclass

from marketing_agent.engine.content import Needs
from marketing_agent.operations.config import read_all


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """Name and company of the sender, the postal address, and how one opts out."""

    name: str
    company: str
    postal_address: str
    opt_out_line: str


def sender_identity() -> SenderIdentity:
    """Read the identity from the switches."""
    switches = read_all()
    return SenderIdentity(
        name=switches["sender_name"].strip(),
        company=switches["sender_company"].strip(),
        postal_address=switches["postal_address"].strip(),
        opt_out_line=switches["opt_out_line"].strip(),
    )


def needs_of(sender: SenderIdentity) -> Needs:
    """Give what every letter of this sender must hold."""
    return Needs(sender.name or sender.company, sender.postal_address, sender.opt_out_line)


def missing(sender: SenderIdentity) -> list[str]:
    """Name the switches without which no letter may leave; one of name and company is enough."""
    lacking = [] if sender.name or sender.company else ["sender_name"]
    lacking += [] if sender.postal_address else ["postal_address"]
    return lacking + ([] if sender.opt_out_line else ["opt_out_line"])
