"""A worker process as the one that started it sees it."""

import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from types import ModuleType

from jobs.engine.pool.worker import Answer, Request, serve

_CONTEXT = multiprocessing.get_context("forkserver")
# Read when a process starts, so they are set while the fork server does. A worker is one core.
_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
}
_FIRST, _LAST = "jobs.engine.pool.before_imports", "jobs.engine.pool.after_imports"
_TICKS = os.sysconf("SC_CLK_TCK")


def prepare(modules: Sequence[str]) -> None:
    """Start the process that workers are forked from, with these modules imported once. One that runs stays."""
    _CONTEXT.set_forkserver_preload([_FIRST, serve.__module__, *modules, _LAST])
    with _environment({**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path)}):
        forkserver.ensure_running()


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _without_main() -> Iterator[None]:
    """A worker would run the script that started us, if that is one: its tasks are of modules, and need it not."""
    own = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = own


class Worker:
    """A process, the number that it runs now, and since when it has used no processor time."""

    def __init__(self) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=serve, args=(theirs,), daemon=True)
        with _without_main():
            self.process.start()
        theirs.close()
        self.number: int | None = None
        self.why = ""  # it was ended, by us
        self._work: bytes | None = None
        self._ticks = -1
        self._moved = time.monotonic()

    def hand(self, number: int, work: bytes) -> None:
        """Raises OSError if it is gone."""
        self.connection.send(Request(number, None if work is self._work else work))
        self._work = work
        self.number = number
        self._moved = time.monotonic()

    def answer(self) -> Answer | None:
        """What it sent; None if it is gone."""
        try:
            found: Answer = self.connection.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            return None
        self.number = None
        return found

    def end(self, why: str = "") -> None:
        """At once: what it was writing has a name of its own that nothing refers to."""
        self.why = self.why or why
        self.process.kill()

    def forget(self) -> None:
        """After its end."""
        self.process.join()
        self.connection.close()

    def fate(self) -> str:
        """How it ended."""
        self.process.join(5)
        code = self.process.exitcode
        if self.why:
            return self.why
        return f"was ended by {signal.Signals(-code).name}" if code and code < 0 else f"ended with exit code {code}"

    def still(self) -> float:
        """Seconds since it last used processor time; 0 on systems that do not say."""
        text = _read(f"/proc/{self.process.pid}/stat")
        fields = text.rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12]) if len(fields) > 12 else self._ticks - 1
        if ticks != self._ticks:
            self._ticks, self._moved = ticks, time.monotonic()
        return time.monotonic() - self._moved

    def memory(self) -> int:
        """Bytes of its own, without files that it maps; 0 on systems that do not say."""
        for line in _read(f"/proc/{self.process.pid}/status").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) << 10
        return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:  # gone, or another system
        return ""


def wait(workers: Sequence[Worker], seconds: float) -> list[Worker]:
    """Those that have something to say, or whose end is closed."""
    places: dict[Connection, Worker] = {worker.connection: worker for worker in workers}
    return [places[one] for one in multiprocessing.connection.wait([*places], seconds)]  # type: ignore[index]
