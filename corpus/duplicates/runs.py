"""From windows that several documents share to the runs of words that may be cut out of one of them.

A *window* is `t` consecutive words. Its *holder* is the document with the least id that has it (at its first place
there); every other document that has it has a *copy*. A *run* is a stretch of copies, window behind window, that the
same holder has window behind window. In every document, what may be cut is

    its runs, less the words of the windows that it holds for others.

So what is cut is never lost: a piece of a run stands in its holder as well, and all of it is in windows that the holder
holds for others (this document being one), of which no word is cut there. One step, no chain, no order: each document
is decided by the windows that it has, and the holder named is the one whose released text has the passage in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters.arrow import array

# What is known of a window of a document; a run of them has a `stop` behind the last.
WINDOWS = pa.schema(
    [
        ("key", pa.int64()),  # part << 32 | row of the document
        ("start", pa.int32()),  # first word of the window
        ("of_key", pa.int64()),  # of the holder; HELD for a window that this document holds for others
        ("of_start", pa.int32()),
        ("of_high", pa.int64()),  # the holder's id, see `id_halves`
        ("of_low", pa.int64()),
        ("count", pa.int64()),  # documents that have it, at least 2
    ]
)
RUNS = WINDOWS.insert(2, pa.field("stop", pa.int32()))  # behind the first word of the last window
HELD = -1
_SIGN = np.uint64(1 << 63)


def id_halves(ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Two int64 that sort as ids (32 hex digits) do."""
    halves = np.frombuffer(bytes.fromhex("".join(ids)), ">u8").astype(np.uint64).reshape(-1, 2) ^ _SIGN
    return halves[:, 0].view(np.int64).copy(), halves[:, 1].view(np.int64).copy()


def id_of(high: int, low: int) -> str:
    """The id of two halves.

    >>> id_of(*(int(half[0]) for half in id_halves(["00112233445566778899aabbccddeeff"])))
    '00112233445566778899aabbccddeeff'
    """
    return f"{high + (1 << 63):016x}{low + (1 << 63):016x}"


def as_runs(windows: pa.RecordBatch) -> pa.RecordBatch:
    """Windows (WINDOWS) as runs (RUNS) of one window each."""
    stop = pa.array(windows.column("start").to_numpy() + np.int32(1))
    columns = {name: windows.column(name) for name in WINDOWS.names} | {"stop": stop}
    return pa.RecordBatch.from_arrays([columns[name] for name in RUNS.names], schema=RUNS)


def join(runs: pa.RecordBatch) -> pa.RecordBatch:
    """Runs (RUNS, by key and start) with those put together that go on where the one before ends; the count of a run is
    the least of its windows'. Joining what is joined already changes nothing, so a stream may be joined piecewise."""
    if not runs.num_rows:
        return runs
    key, start, stop, of_key, of_start = (
        runs.column(name).to_numpy() for name in ("key", "start", "stop", "of_key", "of_start")
    )
    goes_on = (key[1:] == key[:-1]) & (of_key[1:] == of_key[:-1]) & (start[1:] == stop[:-1])
    goes_on &= of_start[1:] - of_start[:-1] == start[1:] - start[:-1]
    first = np.flatnonzero(np.concatenate([[True], ~goes_on]))
    last = np.append(first[1:], len(key)) - 1
    columns = {name: runs.column(name).take(array(first)) for name in RUNS.names}
    columns["stop"] = pa.array(stop[last])
    columns["count"] = pa.array(np.minimum.reduceat(runs.column("count").to_numpy(), first))
    return pa.RecordBatch.from_arrays([columns[name] for name in RUNS.names], schema=RUNS)


class Piece(NamedTuple):
    """Words start..stop-1 of a document that `of_id` holds too; `count` documents have each `t` words of them or more
    do."""

    start: int
    stop: int
    of_id: str
    count: int  # type: ignore[assignment]  # tuple.count, which nobody asks for, is hidden


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """What one document shares with others."""

    row: int
    pieces: Sequence[Piece]  # at least t words each, by start; those of different holders may overlap by t - 1 words
    repeated: int  # words in them
    held: int  # words that are copies too and stay because other documents' passages stand on them
    holder: bool  # whether other documents' passages stand on any of its words
    stays: Sequence[tuple[int, int]] = field(default=(), compare=False)  # words that they stand on, half-open


class _Run(NamedTuple):
    row: int
    start: int
    stop: int  # behind the last word
    of_id: str  # empty for what is held for others
    count: int  # type: ignore[assignment]  # tuple.count, which nobody asks for, is hidden


def repeats(runs: pa.Table, t: int) -> Iterator[Repeats]:
    """Of each document of a part that has copies, from its runs (RUNS, joined, by key and start), in order."""
    found = [
        _Run(key & 0xFFFFFFFF, start, stop - 1 + t, "" if of_key == HELD else id_of(high, low), count)
        for key, start, stop, of_key, high, low, count in zip(
            *(
                runs.column(name).to_pylist()
                for name in ("key", "start", "stop", "of_key", "of_high", "of_low", "count")
            ),
            strict=True,
        )
    ]
    for row, own in groupby(found, attrgetter("row")):
        document = list(own)
        copies = [run for run in document if run.of_id]
        kept = [run for run in document if not run.of_id]
        if copies:
            pieces = sorted(piece for piece in _less(copies, kept) if piece.stop - piece.start >= t)
            words = _words(pieces)
            stays = [(run.start, run.stop) for run in kept]
            held = _words(copies) - words
            yield Repeats(row=row, pieces=pieces, repeated=words, held=held, holder=bool(kept), stays=stays)


def _less(copies: Sequence[_Run], kept: Sequence[_Run]) -> Iterator[Piece]:
    """Copies without the words of what is kept; both by start."""
    ahead = 0
    for run in copies:
        while ahead < len(kept) and kept[ahead].stop <= run.start:
            ahead += 1
        start = run.start
        for other in range(ahead, len(kept)):
            if kept[other].start >= run.stop:
                break
            if kept[other].start > start:
                yield Piece(start, kept[other].start, run.of_id, run.count)
            start = max(start, kept[other].stop)
        if start < run.stop:
            yield Piece(start, run.stop, run.of_id, run.count)


def _words(runs: Sequence[_Run] | Sequence[Piece]) -> int:
    """Words that stand in any of them, by start."""
    total, behind = 0, 0
    for run in runs:
        total += max(0, run.stop - max(run.start, behind))
        behind = max(behind, run.stop)
    return total
