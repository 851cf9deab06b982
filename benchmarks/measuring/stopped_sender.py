"""A sender as a process of its own, which prints when each command DATA goes out (steady seconds)."""

import os
import sys


def main(lanes: int, limit: int) -> None:
    """Run one cycle (none when `limit` is 0), then keep the lease until the input ends."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketing_agent.django_settings"
    import django  # noqa: PLC0415  the child alone, once its environment is read

    django.setup()
    from marketing_agent.outbox.deliver import Delivery  # noqa: PLC0415  as above
    from marketing_agent.outbox.send import run_cycle  # noqa: PLC0415  as above
    from marketing_agent.workers.claim import this_owner  # noqa: PLC0415  as above
    from marketing_agent.workers.clock import RunningClock  # noqa: PLC0415  as above
    from marketing_agent.workers.group_desk import GroupDesk  # noqa: PLC0415  as above
    from marketing_agent.workers.threads import ThreadLanes  # noqa: PLC0415  as above
    from measuring.letters import START  # noqa: PLC0415  as above

    _note_data()
    now = RunningClock(START).now
    with GroupDesk(now) as desk:
        _say("READY")
        if limit:
            run_cycle(Delivery(desk, ThreadLanes(lanes), now), this_owner(), limit=limit)
        sys.stdin.read()


def _note_data() -> None:
    """Note each command DATA behind the last line of code before the socket."""
    from marketing_agent.mail.smtp_wire import Wire  # noqa: PLC0415  the child alone
    from marketing_agent.operations.stop import steady  # noqa: PLC0415  as above

    tell = Wire.tell_at_once

    def tell_and_say(wire: Wire, command: str, seconds: float | None = None) -> None:
        tell(wire, command, seconds)
        if command == "DATA":
            _say(f"{steady():.6f}")

    setattr(Wire, "tell_at_once", tell_and_say)  # noqa: B010  mypy knows no patched method


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # at once, and one line in one piece


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
