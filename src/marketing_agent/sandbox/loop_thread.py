"""An asyncio loop in a thread of its own, which every sandbox server runs in."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread, current_thread
from typing import TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs one event loop in one daemon thread; `stop` leaves no task, socket or loop open."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name=name, daemon=True)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop; touch it from its own thread only."""
        return self._loop

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run `work` in the loop, wait for it from another thread, and return its value."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, work: Callable[[], T]) -> T:
        """Call `work` in the loop's thread and return its value: no lock is needed there.

        Who is in that thread already, such as a hook, gets it at once.
        """
        if current_thread() is self._thread:
            return work()
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(_settle, done, work)
        return done.result()

    def stop(self) -> None:
        """Cancel what still runs, end the thread and close the loop. Never started is fine."""
        if self._thread.is_alive():
            self.run(_cancel_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()


def _settle(done: Future[T], work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except Exception as error:  # noqa: BLE001  it is raised again in the thread that asked
        done.set_exception(error)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # A transport that was aborted reports the loss and frees its socket in the next rounds.
    for _ in range(10):
        await asyncio.sleep(0)
