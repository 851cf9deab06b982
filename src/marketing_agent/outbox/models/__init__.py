"""Tables of the outbox: letters, attempts, doubts, what came back, and what keeps letters back."""

from marketing_agent.outbox.models.doubts import Inquiry
from marketing_agent.outbox.models.letters import WITHDRAWN, Attempt, Contact, Email
from marketing_agent.outbox.models.other_ids import OtherId
from marketing_agent.outbox.models.responses import Bounce, Complaint
from marketing_agent.outbox.models.safety import Generation, Guard, SendingLease

__all__ = [
    "WITHDRAWN",
    "Attempt",
    "Bounce",
    "Complaint",
    "Contact",
    "Email",
    "Generation",
    "Guard",
    "Inquiry",
    "OtherId",
    "SendingLease",
]
