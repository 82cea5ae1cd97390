"""What a worker process does: work that arrives by number, one at a time, until its parent is gone.

Nothing that arrives or goes back holds text: a number and the function once, then a word for it. Tasks read and write
files themselves.
"""

import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

import pyarrow as pa

from corpus.errors import CorpusError
from jobs.engine.failures import told

_PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
_OOM_SCORE = 500  # Linux, proc(5): when memory is short the kernel ends a worker, whose task is tried again


@dataclass(frozen=True)
class Request:
    """One number to run, and a pickled function of numbers where it is not the last one."""

    number: int
    work: bytes | None


@dataclass(frozen=True)
class Answer:
    """What became of a number: a small value, an error that a person can act on, or a traceback."""

    kind: Literal["done", "error", "defect", "memory"]
    value: object = None


def serve(requests: Connection) -> None:
    """Run what arrives until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; who started us ends us
    _end_with_parent()
    _be_small()
    work: Callable[[int], object] | None = None
    while True:
        try:
            request: Request = requests.recv()
        except (EOFError, OSError):
            return
        if request.work is not None:
            work = pickle.loads(request.work)
        answer = _run(work, request.number)
        try:
            requests.send(answer)
        except OSError:
            return


def _run(work: Callable[[int], object] | None, number: int) -> Answer:
    if work is None:
        raise ValueError("a number came before its function")
    try:
        return Answer("done", work(number))
    except (CorpusError, OSError) as error:
        return Answer("error", told(error))
    except MemoryError:
        return Answer("memory")
    except Exception:  # noqa: BLE001  (a defect of ours is told with its traceback, by the process that the person sees)
        return Answer("defect", traceback.format_exc())


def _end_with_parent() -> None:
    """By the kernel where it does that, and by a thread that waits for the parent's end of a pipe."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)


def _be_small() -> None:
    """A worker is one core: no threads of Arrow's own. And the first to go when memory is short."""
    pa.set_cpu_count(1)
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(str(_OOM_SCORE))
    except OSError:  # another system
        pass
