"""Work on keys in this process where they are few: no shuffle, and the cores as threads.

A dozen Spark jobs over next to no rows take 20 s on one core, as long as a gigabyte of signatures. Kernels and Arrow
let other threads run, so threads do here what tasks do there.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from corpus.store import manifest
from corpus.store.manifest import Receipt
from filters.arrow import array
from jobs.engine.progress import Progress
from jobs.engine.session import Session

S = TypeVar("S")
T = TypeVar("T")

# Members of buckets, documents x bands, that one process orders: at 21 bands 1.5 million documents, some 5 GB of web
# text. A million tiny ones take 1.1 GB here (benchmarks.dedup --worst).
FEW_MEMBERS = 32_000_000


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


def write_parts(
    session: Session, label: str, folder: str, parts: int, rows: pa.Table, function: Callable[[int, pa.Table], Receipt]
) -> None:
    """Call `function(part, rows of that part)` for every part, those without rows included.

    `rows`, in the order that the function wants them, has a column `part` (int64) that it does not see.
    """
    places = rows.column("part").to_numpy()
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(parts + 1))
    bare = rows.drop_columns(["part"])

    def write(part: int) -> Iterator[None]:
        own = bare.take(array(order[ends[part] : ends[part + 1]]))
        manifest.publish_receipt(folder, function(part, own))
        yield

    over_parts(session, label, parts, write)
