"""Work on keys in this process where they are few: no shuffle, and the cores as threads.

A dozen Spark jobs over next to no rows take 20 s on one core, as long as a gigabyte of signatures. Kernels and Arrow
let other threads run, so threads do here what tasks do there.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from jobs.engine.progress import Progress
from jobs.engine.session import Session

S = TypeVar("S")
T = TypeVar("T")

# Members of buckets, documents x bands, that one process orders: at 21 bands 1.5 million documents, some 5 GB of web
# text. A million tiny ones take 1.1 GB here (benchmarks.dedup --worst).
FEW_MEMBERS = 32_000_000
# Pairs (compared, so an upper bound of edges) among which one process elects: 2 million take 80 MB there, and below
# that the rounds of components through Spark cost more than they spare.
FEW_EDGES = 2_000_000


def few(documents: int, bands: int) -> bool:
    """Whether so many documents, those of earlier releases included, have few keys."""
    return documents * bands <= FEW_MEMBERS


@dataclass
class Each:
    """`map` on all cores: results in the order of items."""

    pool: ThreadPoolExecutor
    done: int = 0

    def __call__(self, function: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
        for result in self.pool.map(function, items):
            self.done += 1
            yield result


@contextmanager
def threads(session: Session, label: str, total: int) -> Iterator[Each]:
    """The cores, with a progress bar over `total` calls."""
    with ThreadPoolExecutor(session.cores_here) as pool:
        each = Each(pool)
        with Progress(label, total, lambda: each.done):
            yield each


def over_parts(session: Session, label: str, parts: int, function: Callable[[int], Iterable[T]]) -> list[T]:
    """What a function yields for each part, in order of parts."""
    with threads(session, label, parts) as each:
        return [one for found in each(lambda part: list(function(part)), range(parts)) for one in found]
