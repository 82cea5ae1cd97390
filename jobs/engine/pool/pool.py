"""Tasks on worker processes of this machine.

Workers are started when first needed and stay. What a worker's end costs is the task that it ran, which another tries
again as often as Spark would; then the run stops with one line that names it.
"""

import pickle
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from corpus.errors import DataError
from corpus.store import memory
from jobs.engine import console, failures
from jobs.engine.failures import ATTEMPTS
from jobs.engine.pool import process
from jobs.engine.pool.process import Worker
from jobs.engine.progress import Progress

T = TypeVar("T")

STILL_SECONDS = 600.0  # a worker that has used no processor time for so long waits for what does not come
_LOOK_SECONDS = 0.5
_SHARE, _LEAST = 0.8, 2 << 30  # of memory for all workers; what one may take however many there are


class DefectError(Exception):
    """An error in a worker that no one foresaw, with its traceback there."""


class Pool:
    """Worker processes, `size` at the most."""

    def __init__(self, size: int, modules: Sequence[str] = (), usable: int | None = None) -> None:
        """`modules`: what tasks will import; the rest is imported when it is met, by each worker. `usable`: bytes of
        memory for all of them, what this machine has at the most."""
        self.size = size
        self.usable = min(usable or memory.usable(), memory.usable())
        self.limit = max(int(self.usable * _SHARE) // size, _LEAST)  # bytes of one worker
        self._modules = modules
        self._workers: list[Worker] = []

    def run(
        self, label: str, numbers: Sequence[int], work: Callable[[int], T], name: Callable[[int], str]
    ) -> dict[int, T]:
        """`work(number)` for each, in this order as workers come free. `name` is how a person knows a number.

        Raises CorpusError as the work does, DataError for work that ends its worker time after time, DefectError.
        """
        job = _Running(label, numbers, work, name)
        try:
            with Progress(label, len(numbers), lambda: len(job.results)):
                while len(job.results) < len(numbers):
                    self._hand_out(job)
                    busy = [worker for worker in self._workers if worker.number is not None]
                    for worker in process.wait(busy, _LOOK_SECONDS):
                        self._take(worker, job)
                    self._look()
        finally:  # of a run that is given up, by Ctrl-C too: nobody waits for those that are busy
            self._end([worker for worker in self._workers if worker.number is not None])
        return job.results

    def stop(self) -> None:
        """End the workers; another run starts new ones."""
        self._end(self._workers)

    def _hand_out(self, job: "_Running[T]") -> None:
        idle = [worker for worker in self._workers if worker.number is None]
        while job.waiting:
            if not idle:
                if len(self._workers) == self.size:
                    return
                if not self._workers:
                    process.prepare(self._modules)
                self._workers.append(Worker())
                idle.append(self._workers[-1])
            worker = idle.pop()
            try:
                worker.hand(job.waiting[0], job.data)
            except OSError:  # it ended while it had nothing to do
                self._end([worker])
                continue
            job.waiting.popleft()

    def _take(self, worker: Worker, job: "_Running[T]") -> None:
        number = worker.number
        answer = worker.answer()
        if number is None:
            return
        if answer is None:
            job.lost(number, worker.fate())
            self._end([worker])
        elif answer.kind == "done":
            job.results[number] = answer.value  # type: ignore[assignment]
        elif answer.kind == "memory":
            job.lost(number, "could not get the memory that it asked for")
            self._end([worker])
        elif answer.kind == "error":
            raise failures.of(answer.value)  # type: ignore[arg-type]
        else:
            raise DefectError(f"{job.label}, {job.name(number)}:\n{answer.value}")

    def _look(self) -> None:
        """End those that are stuck or too large; `_take` finds them gone."""
        for worker in self._workers:
            if worker.number is None:
                continue
            if worker.memory() > self.limit:
                worker.end(f"passed its {self.limit / (1 << 30):.1f} GiB of memory")
            elif worker.still() > STILL_SECONDS:
                worker.end(f"used no processor time for {STILL_SECONDS:.0f} s")

    def _end(self, workers: Sequence[Worker]) -> None:
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.forget()
        self._workers = [worker for worker in self._workers if worker not in workers]


class _Running(Generic[T]):
    """A run: what waits, what is done, how often a number was lost with its worker."""

    def __init__(self, label: str, numbers: Sequence[int], work: Callable[[int], T], name: Callable[[int], str]):
        self.label = label
        self.name = name
        self.data = pickle.dumps(work)
        self.waiting = deque(numbers)
        self.results: dict[int, T] = {}
        self._lost: Counter[int] = Counter()

    def lost(self, number: int, fate: str) -> None:
        """Try again, and say so. Raises DataError after the last attempt."""
        self._lost[number] += 1
        what = f"{self.label}, {self.name(number)}: the worker {fate}"
        if self._lost[number] == ATTEMPTS:
            raise DataError(
                f"{what}, {ATTEMPTS} times: give it more memory or fewer --cores; if that does not help, take this "
                "input out and report it. What is complete is kept"
            )
        console.current().warn(f"{what}; its task is tried again ({self._lost[number] + 1} of {ATTEMPTS})")
        self.waiting.appendleft(number)
