"""What a tree of processes holds in memory, as Linux tells it."""

from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PARENT = 1  # place of the parent's id behind the name in /proc/PID/stat, proc(5)


@dataclass(frozen=True)
class Memory:
    """Megabytes of one process: its share of all pages (PSS), and all it has mapped (RSS)."""

    pid: int
    command: str
    pss: float
    rss: float


def tree(root: int) -> list[Memory]:
    """Measure a process and all its descendants; one that ends meanwhile is left out."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    return [found for pid in _descend(root, children) if (found := _memory(pid)) is not None]


def _descend(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(each for child in children.get(pid, []) for each in _descend(child, children))]


def _parents() -> list[tuple[int, int]]:
    pids = [int(each.name) for each in _PROC.iterdir() if each.name.isdigit()]
    return [(pid, parent) for pid in pids if (parent := _parent(pid)) is not None]


def _parent(pid: int) -> int | None:
    try:
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(words[_PARENT])


def _memory(pid: int) -> Memory | None:
    folder = _PROC / str(pid)
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()[1:]
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None
    sizes = {line.partition(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return Memory(pid, command.strip(), sizes["Pss"], sizes["Rss"])
