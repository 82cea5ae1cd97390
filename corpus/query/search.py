"""The documents of a release that are asked for, part by part, in bounded memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.query import rows
from corpus.query.opened import Opened
from corpus.query.wanted import Conditions
from corpus.shards.order import order_keys
from filters.arrow import string_array

_SALT = " find"  # an order of its own: samples of the report are others


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows of a part, ascending; and documents of it of which the conditions are unknown, for a value that is not
    there."""

    part: int
    rows: np.ndarray
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Places of documents, in order, with how many there were to choose from."""

    places: tuple[tuple[int, int], ...]
    matched: int
    unknown: int


Done = Callable[[int], None]  # is told how many parts are behind


def every(opened: Opened, conditions: Conditions, done: Done = lambda _: None) -> Iterator[Found]:
    """All of them, a part at a time. Raises DataError."""
    names = conditions.columns() or ["id"]
    for part in range(opened.parts):
        hold, unknown = conditions.hold(rows.read(opened, part, names))
        yield Found(part=part, rows=np.flatnonzero(hold), unknown=int(unknown.sum()))
        done(part + 1)


def first(opened: Opened, conditions: Conditions, count: int, done: Done = lambda _: None) -> Sampled:
    """The first `count` in order of their places; all are counted."""
    places: list[tuple[int, int]] = []
    matched = unknown = 0
    for found in every(opened, conditions, done):
        matched += len(found.rows)
        unknown += found.unknown
        places += [(found.part, int(row)) for row in found.rows[: max(count - len(places), 0)]]
    return Sampled(places=tuple(places), matched=matched, unknown=unknown)


def sample(opened: Opened, conditions: Conditions, count: int, seed: int, done: Done = lambda _: None) -> Sampled:
    """`count` of them by a keyed digest of their ids: the same ones every time, whatever the parts; of another seed
    others. In order of their places."""
    held = np.empty(0, [("key", np.uint64), ("part", np.int64), ("row", np.int64)])
    matched = unknown = 0
    for found in every(opened, conditions, done):
        matched += len(found.rows)
        unknown += found.unknown
        held = _least(np.concatenate([held, _keyed(opened, found, seed)]), count)
    places = sorted((int(one["part"]), int(one["row"])) for one in held)
    return Sampled(places=tuple(places), matched=matched, unknown=unknown)


def _keyed(opened: Opened, found: Found, seed: int) -> np.ndarray:
    own = np.empty(len(found.rows), [("key", np.uint64), ("part", np.int64), ("row", np.int64)])
    if len(own):
        ids = rows.read(opened, found.part, ["id"]).column("id").take(pa.array(found.rows)).combine_chunks()
        own["key"] = order_keys(string_array(ids), seed, _SALT)
    own["part"], own["row"] = found.part, found.rows
    return own


def _least(held: np.ndarray, count: int) -> np.ndarray:
    """Those with the smallest keys; the place breaks ties, which records that are there twice have."""
    return np.sort(held, order=("key", "part", "row"))[:count]
