"""The documents of two releases, matched by id, in pieces of bounded size.

Releases over one ingest have their documents at the same places: a part of both is a piece. Else a piece is the
documents whose ids begin in one range, and every part is read once for each piece. Records with the same source,
locator and text have one id; of those a release speaks by the one that it kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.query import outcomes, rows
from corpus.query.opened import Opened
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from filters.arrow import array, equal, strings

PIECE_ROWS = 1 << 21  # documents of a side: about 500 MB with their rules
_COLUMNS = ("id", "source", "language", "outcome", "rules")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """`a` and `b` have a row for each document that both have, in one order; columns of `_COLUMNS`, and `part`, `row`,
    `content` (digest of the released text; null for what is not in the corpus). `repeats`: rows of an id that a side
    has already."""

    a: pa.Table
    b: pa.Table
    only_a: pa.Table
    only_b: pa.Table
    repeats_a: int = 0
    repeats_b: int = 0


def matched(a: Opened, b: Opened, piece_rows: int = PIECE_ROWS) -> Iterator[Piece]:
    """All documents of both, each once. Raises DataError."""
    if a.stages[INGEST].fingerprint == b.stages[INGEST].fingerprint:
        for part in range(a.parts):
            one, other = _state(a, part), _state(b, part)
            yield Piece(a=one, b=other, only_a=one.slice(0, 0), only_b=other.slice(0, 0))
        return
    ranges = max(-(-max(a.documents.rows, b.documents.rows) // piece_rows), 1)
    for number in range(ranges):
        yield _joined(_range(a, number, ranges), _range(b, number, ranges))


def _state(opened: Opened, part: int) -> pa.Table:
    table = rows.read(opened, part, _COLUMNS)
    count = table.num_rows
    content = np.full(count, None, object)
    corpus = opened.stages.table(RELEASE.corpus)
    if corpus is not None:
        read = corpus.read(part, ["row", "content"])
        content[np.asarray(read.column("row"), np.int64)] = np.array(read.column("content").to_pylist(), object)
    table = table.append_column("part", array(np.full(count, part, np.int64)))
    table = table.append_column("row", array(np.arange(count)))
    return table.append_column("content", pa.array(content.tolist(), pa.binary(16)))


def _range(opened: Opened, number: int, ranges: int) -> pa.Table:
    """Documents whose ids begin in the range of this number."""
    found = []
    for part in range(opened.parts):
        state = _state(opened, part)
        found.append(state.filter(array(_ranges(state, ranges) == number)) if ranges > 1 else state)
    return pa.concat_tables(found)


def _ranges(state: pa.Table, ranges: int) -> np.ndarray:
    heads = bytes.fromhex("".join(id_[:8] for id_ in strings(state.column("id"))))
    return np.frombuffer(heads, ">u4").astype(np.uint64) * np.uint64(ranges) >> np.uint64(32)


def _joined(a: pa.Table, b: pa.Table) -> Piece:
    one, other = _once(a), _once(b)
    left, right = (np.array(strings(table.column("id")), "S32") for table in (one, other))
    _, here, there = np.intersect1d(left, right, assume_unique=True, return_indices=True)
    return Piece(
        a=one.take(array(here)),
        b=other.take(array(there)),
        only_a=one.filter(array(~np.isin(left, right, assume_unique=True))),
        only_b=other.filter(array(~np.isin(right, left, assume_unique=True))),
        repeats_a=a.num_rows - one.num_rows,
        repeats_b=b.num_rows - other.num_rows,
    )


def _once(table: pa.Table) -> pa.Table:
    """Each id once, in order: the row that is kept, else the first."""
    ids = np.array(strings(table.column("id")), "S32")
    dropped = ~equal(table.column("outcome"), outcomes.KEPT)
    order = np.lexsort((np.asarray(table.column("row")), np.asarray(table.column("part")), dropped, ids))
    first = np.ones(len(ids), bool)
    first[1:] = ids[order][1:] != ids[order][:-1]
    return table.take(array(order[first]))
