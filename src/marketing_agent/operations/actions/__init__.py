"""What is written here: switches, stops, error groups and alerts; one transaction a verb."""

from marketing_agent.operations.actions.alerts import close_alert, dismiss_alert, open_alert
from marketing_agent.operations.actions.errors import record_error
from marketing_agent.operations.actions.resume import resume_sending
from marketing_agent.operations.actions.resumptions import begin_resumption, current_resumption
from marketing_agent.operations.actions.stops import (
    end_stop,
    follow_file,
    note_effective,
    start_stop,
)
from marketing_agent.operations.actions.switches import set_switch

__all__ = [
    "begin_resumption",
    "close_alert",
    "current_resumption",
    "dismiss_alert",
    "end_stop",
    "follow_file",
    "note_effective",
    "open_alert",
    "record_error",
    "resume_sending",
    "set_switch",
    "start_stop",
]
