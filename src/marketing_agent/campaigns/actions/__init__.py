"""All that writes campaigns, steps and enrollments; one transaction a verb."""

from marketing_agent.campaigns.actions.campaigns import (
    pause_campaign,
    resume_campaign,
    save_campaign,
)
from marketing_agent.campaigns.actions.enrolling import (
    enroll_after_change,
    enroll_ready,
    enroll_waiting,
    restart,
)
from marketing_agent.campaigns.actions.sequence import (
    advance_sent,
    await_again,
    await_outcome,
    postpone,
    postpone_all,
    stop_domain,
    stop_enrollment,
    stop_enrollments,
    write_again,
)

__all__ = [
    "advance_sent",
    "await_again",
    "await_outcome",
    "enroll_after_change",
    "enroll_ready",
    "enroll_waiting",
    "pause_campaign",
    "postpone",
    "postpone_all",
    "restart",
    "resume_campaign",
    "save_campaign",
    "stop_domain",
    "stop_enrollment",
    "stop_enrollments",
    "write_again",
]
