"""What a command cost, its children included: seconds, seconds of CPU, memory."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

_PAUSE = 0.1  # seconds between samples: a twentieth of the shortest run, and 1 % of a core


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one command: wall and CPU in seconds, memory in bytes, and what it printed."""

    seconds: float
    cpu: float
    memory: int
    printed: str


class Watch(threading.Thread):
    """The most bytes that a process and all below it held together, and the CPU seconds that they used.

    Bytes are resident sets, so that pages shared by forked workers count more than once: an upper bound. CPU seconds
    are those last seen of each process; Python's own count of children would miss the JVM, which nobody waits for.
    """

    def __init__(self, pid: int, pause: float = _PAUSE) -> None:
        super().__init__(daemon=True)
        self._pause = pause
        self.process, self.most, self.done = psutil.Process(pid), 0, False
        self._spent: dict[tuple[int, float], float] = {}

    @property
    def cpu(self) -> float:
        return sum(self._spent.values())

    def run(self) -> None:
        while not self.done:
            held = 0
            try:
                tree = [self.process, *self.process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for one in tree:
                try:
                    times, key = one.cpu_times(), (one.pid, one.create_time())
                    held += one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
                self._spent[key] = times.user + times.system
            self.most = max(self.most, held)
            time.sleep(self._pause)


def cost(command: Sequence[str], env: Mapping[str, str] | None = None, pause: float = _PAUSE) -> Cost:
    """Run it to its end; what it writes to stderr is shown if it fails. Raises CalledProcessError.

    Of each process up to `pause` seconds at its end are not seen.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=env)
        watch = Watch(process.pid, pause)
        watch.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        watch.done = True
        watch.join()
        out.seek(0)
        if code:
            err.seek(0)
            print(err.read()[-4000:], file=sys.stderr)
            raise subprocess.CalledProcessError(code, command)
        return Cost(seconds=seconds, cpu=watch.cpu, memory=watch.most, printed=out.read())
