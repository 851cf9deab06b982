"""Processes that begin within milliseconds: forked from a server that has loaded the product already.

The server has one thread only and no database connection, so that what is forked from it is whole.
"""

import functools
import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any

PATIENCE_S = 60

_CONTEXT = multiprocessing.get_context("forkserver")


class WorkerFailedError(RuntimeError):
    """A process that should have come to its end did not; its traceback stands above."""


def start(work: Callable[..., object], *args: object) -> BaseProcess:
    """Run `work` in a process of its own, and do not wait for it."""
    _open_server()
    process = _CONTEXT.Process(target=work, args=args)
    process.start()
    return process


def barrier(workers: int) -> Barrier:
    """Give a place where so many processes wait for each other."""
    return _CONTEXT.Barrier(workers)


def end(process: BaseProcess) -> int | None:
    """Wait for a process; gives its exit code, negative for the signal that killed it."""
    process.join(PATIENCE_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise WorkerFailedError(f"{process.name} did not come to its end.")
    return process.exitcode


def run(work: Callable[..., object], *args: object) -> None:
    """Run `work` to its end in a process of its own."""
    if end(start(work, *args)) != 0:
        raise WorkerFailedError(f"{work.__name__} failed.")


def ask(work: Callable[..., Any], *args: object) -> Any:
    """Run `work` in a process of its own and give what it returns."""
    here, there = _CONTEXT.Pipe(duplex=False)
    process = start(_answer, there, work, args)
    there.close()
    try:
        answer = here.recv() if here.poll(PATIENCE_S) else None
    except EOFError:
        answer = None
    if end(process) != 0 or answer is None:
        raise WorkerFailedError(f"{work.__name__} failed.")
    return answer


def _answer(there: Connection, work: Callable[..., object], args: tuple[object, ...]) -> None:
    there.send(work(*args))


@functools.cache
def _open_server() -> None:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
    _CONTEXT.set_forkserver_preload(["crash.ready", "crash.child", "crash.lives", "crash.verdicts"])
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
