"""What tasks take: seconds, CPU and memory of each, kept for as long as a stage is built and written beside it.

Nothing of it gets into receipts or manifests, for it is another one every time.
"""

import os
import platform
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")

SLOW_TIMES = 10  # of the median
SLOW_SECONDS = 5.0  # below, ten times the median is the start of a worker or a busy disk
_MOST_NAMED = 10
_LEAST_TASKS = 4  # of fewer the median says nothing
_HIGH_WATER = "/proc/self/clear_refs"  # Linux, proc(5): 5 sets the peak of the resident set to what is resident


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """Of one task, where it ran."""

    seconds: float
    cpu: float  # seconds
    memory: int  # most bytes that its process held meanwhile; since its start on systems that cannot tell
    host: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured(Generic[T]):
    """What a task gave, and what it took."""

    value: T
    spent: Spent


def measured(work: Callable[[], T]) -> Measured[T]:
    """Do it."""
    _forget_peak()
    begun, cpu = time.perf_counter(), time.process_time()
    value = work()
    spent = Spent(
        seconds=time.perf_counter() - begun, cpu=time.process_time() - cpu, memory=peak(), host=platform.node()
    )
    return Measured(value=value, spent=spent)


def _forget_peak() -> None:
    try:
        with open(_HIGH_WATER, "w", encoding="ascii") as file:
            file.write("5")
    except OSError:  # another system
        return


def peak() -> int:
    """Most bytes that this process held at once since its peak was last forgotten, files that it maps included."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) << 10
    except OSError:  # another system
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if os.uname().sysname == "Darwin" else 10)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A task that took ten times the median of its step."""

    step: str
    task: int
    name: str  # what it reads
    seconds: float
    median: float
    host: str


@dataclass(kw_only=True)
class Step:
    """Tasks of one step."""

    name: str
    spent: dict[int, Spent] = field(default_factory=dict)
    shown: Callable[[int], str] = str  # how a person knows a number

    def slow(self) -> list[Slow]:
        """The slowest first."""
        if len(self.spent) < _LEAST_TASKS:
            return []
        middle = self.median
        least = max(SLOW_TIMES * middle, SLOW_SECONDS)
        found = sorted((one.seconds, number) for number, one in self.spent.items() if one.seconds >= least)[::-1]
        return [
            Slow(
                step=self.name,
                task=number,
                name=self.shown(number),
                seconds=seconds,
                median=middle,
                host=self.spent[number].host,
            )
            for seconds, number in found[:_MOST_NAMED]
        ]

    @property
    def median(self) -> float:
        """Seconds."""
        return float(np.median([one.seconds for one in self.spent.values()]))

    def told(self) -> dict[str, Any]:
        """As JSON."""
        seconds = [one.seconds for one in self.spent.values()]
        return {
            "tasks": len(seconds),
            "cpu_seconds": round(sum(one.cpu for one in self.spent.values()), 3),
            "median_seconds": round(self.median, 3),
            "most_seconds": round(max(seconds), 3),
        }


@dataclass(kw_only=True)
class Account:
    """What a stage takes while it is built."""

    steps: dict[str, Step] = field(default_factory=dict)
    keys: int = 0  # bytes that tasks gave each other
    begun: float = field(default_factory=time.perf_counter)
    _cpu: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        _forget_peak()

    def add(self, step: str, spent: Mapping[int, Spent], shown: Callable[[int], str] = str) -> None:
        """Tasks of a step, some at a time."""
        if spent:
            own = self.steps.setdefault(step, Step(name=step))
            own.spent.update(spent)
            own.shown = shown

    def slow(self) -> list[Slow]:
        return [one for step in self.steps.values() for one in step.slow()]

    def told(self) -> dict[str, Any]:
        """As JSON, up to now: of tasks the CPU that they used, whoever ran them; of this process all."""
        every = [one for step in self.steps.values() for one in step.spent.values()]
        return {
            "seconds": round(time.perf_counter() - self.begun, 3),
            "cpu_seconds": {
                "tasks": round(sum(one.cpu for one in every), 3),
                "driver": round(time.process_time() - self._cpu, 3),
            },
            "memory_bytes": {"task": max((one.memory for one in every), default=0), "driver": peak()},
            "key_bytes": self.keys,
            "steps": {name: step.told() for name, step in self.steps.items()},
        }


def values(found: Mapping[int, Measured[T]]) -> dict[int, T]:
    """What tasks gave."""
    return {number: one.value for number, one in found.items()}


def spent(found: Mapping[int, Measured[Any]]) -> dict[int, Spent]:
    """What tasks took."""
    return {number: one.spent for number, one in found.items()}
