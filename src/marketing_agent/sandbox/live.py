"""The world after the simulated days: it goes on in real time, and answers over HTTP."""

import signal
import threading
from dataclasses import replace

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections

from marketing_agent.sandbox.landmarks import QUIET, SENDING
from marketing_agent.sandbox.world import World
from marketing_agent.workers import clock
from marketing_agent.workers.clock import RunningClock
from marketing_agent.workers.jobs import JOBS
from marketing_agent.workers.loop import Worker, this_process
from marketing_agent.workers.threads import InlineJobs
from marketing_agent.wsgi import application

POST_S = 1.0
"""How often the world's post is delivered, in real seconds."""


_UNHURRIED = tuple(
    replace(spec, every_s=QUIET.seconds) if spec.name == SENDING else spec for spec in JOBS
)
"""The jobs, but sending waits until the first cycle by hand, or an hour."""


class _QuietHandler(WSGIRequestHandler):
    """Answers without a line on the screen for each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing; the API measures its requests itself."""


def open_server(host: str, port: int) -> ThreadedWSGIServer:
    """Open the port; port 0 takes a free one.

    Raises:
        OSError: when the port is taken.
    """
    http = ThreadedWSGIServer((host, port), _QuietHandler)
    http.set_app(application)
    return http


def serve(world: World, http: ThreadedWSGIServer, speed: float) -> None:
    """Answer until Ctrl-C or SIGTERM, with a worker that runs the jobs as they fall due."""
    clock.install(RunningClock(clock.now(), speed))
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_deliver_post, args=(world, stopping), name="post"),
        threading.Thread(target=_work, args=(stopping,), name="worker"),
    ]
    signal.signal(signal.SIGTERM, _end)
    for thread in threads:
        thread.start()
    try:
        http.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        return
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def _end(*_: object) -> None:
    """End as Ctrl-C does, so that the throw-away home is removed by whoever made it."""
    raise KeyboardInterrupt


def _deliver_post(world: World, stopping: threading.Event) -> None:
    while not stopping.wait(POST_S):
        world.internet.release(clock.now())
    connections.close_all()


def _work(stopping: threading.Event) -> None:
    Worker(this_process(clock.now()), InlineJobs(), clock.now, _UNHURRIED).run(stopping)
