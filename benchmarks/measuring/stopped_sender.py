"""A sender as a process of its own; it prints when each DATA passes the last check and when it is out."""

import os
import sys
import threading

_PAUSE_S = 0.05


def main(lanes: int, limit: int) -> None:
    """Run cycle after cycle (none when `limit` is 0) under a lease on the stop, until the input ends.

    Sending begins with the first line of the input.
    """
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
        sys.stdin.readline()  # all senders begin together, or the first would leave nothing to the last
        threading.Thread(target=_end_with_the_input, daemon=True).start()
        while limit:
            run_cycle(Delivery(desk, ThreadLanes(lanes), now), this_owner(), limit=limit)
            threading.Event().wait(_PAUSE_S)
        threading.Event().wait()


def _end_with_the_input() -> None:
    sys.stdin.read()
    os._exit(0)


def _note_data() -> None:
    """Note when each command DATA leaves the last check, and when the socket has taken it."""
    from marketing_agent.mail.smtp_wire import Wire  # noqa: PLC0415  the child alone
    from marketing_agent.operations.stop import steady  # noqa: PLC0415  as above

    tell = Wire.tell_at_once

    def tell_and_say(wire: Wire, command: str, seconds: float | None = None) -> None:
        passed = steady()
        tell(wire, command, seconds)
        if command == "DATA":
            _say(f"{passed:.6f} {steady():.6f}")

    setattr(Wire, "tell_at_once", tell_and_say)  # noqa: B010  mypy knows no patched method


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # at once, and one line in one piece


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
