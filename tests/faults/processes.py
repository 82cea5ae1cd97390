"""Processes of a run, as Linux lists them: which are its workers, and what is done to them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def command(pid: int) -> str:
    """The command line of a process, "" if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def state(pid: int) -> tuple[int, str]:
    """(parent, state) of a process; (0, "X") if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0, "X"
    return int(fields[1]), fields[0]


def below(pid: int) -> list[int]:
    """A process's children, their children and so on, but those that have ended."""
    parents = {int(name): state(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        for child, (parent, how) in parents.items():
            if parent == one and how not in "ZX":
                found.append(child)
                waiting.append(child)
    return found


def workers(pid: int) -> list[int]:
    """The Python workers below a process: forks of a server, which have its command line and no children."""
    every = below(pid)
    parents = {one: state(one)[0] for one in every}
    return sorted(
        one
        for one, parent in parents.items()
        if parent in parents and one not in parents.values() and command(one) == command(parent) != ""
    )


def running(pid: int, words: str) -> list[int]:
    """Processes below one whose command line holds the words."""
    return sorted(one for one in below(pid) if words in command(one))


def send(pids: list[int], what: signal.Signals) -> None:
    """Send a signal to those that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def waited(condition: Callable[[], object], seconds: float = 60.0) -> object:
    """What a condition gives once it is true, asked every few milliseconds. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.004)
    raise TimeoutError(f"{condition} was not true within {seconds} s")


@contextlib.contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """They stand still within."""
    send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        send(pids, signal.SIGCONT)
