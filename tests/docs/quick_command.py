"""`marketing-agent` for a page's shell, forked from a process that has the program loaded already.

A page runs many commands, and nearly all the time of a short one goes into loading. The shell finds a
small client on its PATH that hands its arguments, environment and files to this process; the child that
is forked then runs the command as the real one would. What serves or comes with another installation's
environment is the real command, started from the beginning.
"""

import array
import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REAL = Path(sys.executable).with_name("marketing-agent")
_CLIENT = """#!{python} -ISE
import array, json, os, socket, sys
words, given = sys.argv[1:], dict(os.environ)
ours = {{name: text for name, text in given.items() if name.startswith("MARKETING_AGENT_")}}
ours.pop("MARKETING_AGENT_URL", None)  # `env` sets it for curl; the program does not read it
if words[:1] and words[0] in {serving!r} or ours != {ours!r}:
    os.execv({real!r}, [{real!r}, *words])
server = socket.socket(socket.AF_UNIX)
server.connect({socket!r})
files = array.array("i", [0, 1, 2])
server.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
server.sendall(json.dumps([words, given, os.getcwd()]).encode())
server.shutdown(socket.SHUT_WR)
sys.exit(int(server.recv(8) or b"70"))
"""
_SERVING = ["up", "web", "worker", "demo"]


@contextmanager
def quick_command(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Put the client into `folder` and run the process behind it, until the end."""
    with tempfile.TemporaryDirectory(prefix="command-") as kept, _listen(f"{kept}/s") as server:
        _write_client(folder / "marketing-agent", environment, f"{kept}/s")
        process = subprocess.Popen(
            [sys.executable, "-m", "docs.quick_command", str(server.fileno())],
            env=environment | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            pass_fds=[server.fileno()],
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _listen(path: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    return server


def _write_client(file: Path, environment: dict[str, str], path: str) -> None:
    ours = {name: text for name, text in environment.items() if name.startswith("MARKETING_AGENT_")}
    text = _CLIENT.format(
        python=sys.executable, serving=_SERVING, ours=ours, real=str(REAL), socket=path
    )
    file.write_text(text)
    file.chmod(0o700)


def main() -> None:
    """Load the program, then fork a child for each command that a client brings."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as server:
        _load()
        while True:
            client, _ = server.accept()
            if os.fork() == 0:
                os._exit(_carry_out(client))
            client.close()


def _load() -> None:
    from marketing_agent.cli.ready import set_up_django  # noqa: PLC0415  the client needs none of it
    from marketing_agent.cli.verbs import VERBS  # noqa: PLC0415  as above

    set_up_django()
    for verb in VERBS.values():
        importlib.import_module(verb.module)


def _carry_out(client: socket.socket) -> int:
    from marketing_agent.cli.main import run  # noqa: PLC0415  loaded by now

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    words = _take_over(client)
    code = 70
    with contextlib.suppress(SystemExit):
        code = run(words)
    sys.stdout.flush()
    sys.stderr.flush()
    client.sendall(str(code).encode())
    return 0


def _take_over(client: socket.socket) -> list[str]:
    """Become the client: its files, its environment, its folder; gives its arguments."""
    files = array.array("i")
    _, [(_, _, sent)], *_ = client.recvmsg(1, socket.CMSG_SPACE(3 * files.itemsize))
    files.frombytes(sent)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    words, given, folder = json.loads(b"".join(iter(lambda: client.recv(65536), b"")))
    os.environ.clear()
    os.environ.update(given)
    os.chdir(folder)
    return list(words)


if __name__ == "__main__":
    main()
