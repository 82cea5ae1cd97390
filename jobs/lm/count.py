"""N-grams counted: each unit's into sorted runs, the runs merged by ranges of the last word.

Everything that an n-gram's adjusted count depends on ends in the same word, so a range is complete in itself: its task
writes the finished n-grams of every length, and the ranges end to end are the whole in suffix order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from corpus.store.manifest import Receipt
from corpus.store.table import Table, one_batch, write_part, write_whole
from filters.arrow import array, typed
from filters.kernels.ngrams_sorted import BITS, FIELDS, pack, sort_count
from filters.kernels.words import END
from filters.lm.suffixes import Level, levels
from filters.lm.vocabulary import Vocabulary

RUN_TOKENS = 4_000_000  # sorted at a time: 48 bytes each, 200 MB
RANGE_TOKENS = 2_000_000  # a range has about so many, unless a single word has more

RUN = pa.schema(
    [
        pa.field("high", pa.uint64(), nullable=False),  # last words of the n-gram, 21 bits each, the last one first
        pa.field("low", pa.uint64(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
    ]
)
CUTS = pa.schema([pa.field("group", pa.int32(), nullable=False)])  # row group by run * ranges + range, -1 for none
LEVEL = pa.schema(
    [
        pa.field("first", pa.uint32(), nullable=False),
        pa.field("adjusted", pa.int64(), nullable=False),
        pa.field("children", pa.uint32(), nullable=False),
    ]
)


def ranges(counts: np.ndarray) -> np.ndarray:
    """First word numbers (int64) of ranges with about RANGE_TOKENS each, by how often each word ends an n-gram."""
    before = np.cumsum(counts) - counts
    _, first = np.unique(before // RANGE_TOKENS, return_index=True)
    return first.astype(np.int64)


@cache
def _vocabulary(table: Table) -> Vocabulary:
    return vocabulary_of(table)


def vocabulary_of(table: Table) -> Vocabulary:
    """The vocabulary as the driver wrote it."""
    words = pa.concat_tables([table.read(part, ["word"]) for part in range(table.parts)])
    return Vocabulary.of(typed(words.column("word").combine_chunks(), pa.LargeBinaryArray))


@dataclass(frozen=True, kw_only=True)
class CountUnit:
    """The task: a unit's n-grams, sorted and counted, a row group for each run and range."""

    folder: str
    words: Table  # of the units, part = unit
    tokens: Table
    vocabulary: Table
    first: tuple[int, ...]  # word numbers that ranges begin with
    order: int

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        local = typed(self.words.read(number, ["word"]).column("word").combine_chunks(), pa.LargeBinaryArray)
        numbers = np.append(_vocabulary(self.vocabulary).numbers_of(local), np.int32(END))  # -1 is the last
        cuts: list[int] = []
        written_groups = unknown = 0
        with write_part(self.folder, "runs", f"unit-{number:05d}", RUN) as (writer, written):
            for tokens in self._runs(number):
                ids = numbers[tokens]
                unknown += int((ids == 0).sum())
                high, low = pack(ids, self.order)
                run = sort_count(high, low, np.ones(len(ids), np.int64), self.order)
                bounds = np.searchsorted(
                    run[0], np.array([*self.first[1:]], np.uint64) << np.uint64(BITS * (FIELDS - 1))
                )
                for begin, end in zip([0, *bounds], [*bounds, len(run[0])], strict=True):
                    if begin < end:
                        arrays = [pa.array(column[begin:end]) for column in run]
                        writer.write(pa.RecordBatch.from_arrays(arrays, schema=RUN))
                        written_groups += 1
                    cuts.append(written_groups - 1 if begin < end else -1)
        table = pa.table([pa.array(cuts, pa.int32())], schema=CUTS)
        entry = write_whole(self.folder, "cuts", f"unit-{number:05d}", table)
        files = {"runs": [written.result()], "cuts": [entry]}
        return {self.folder: Receipt(task=number, files=files, counts={"unknown": unknown})}

    def _runs(self, number: int) -> Iterator[np.ndarray]:
        """Tokens (int32, -1 after each line), cut after lines."""
        waiting: list[np.ndarray] = []
        size = 0
        for batch in self.tokens.batches(number):
            waiting.append(batch.column("token").to_numpy())
            size += batch.num_rows
            if size >= RUN_TOKENS:
                yield np.concatenate(waiting)
                waiting, size = [], 0
        if waiting:
            yield np.concatenate(waiting)


@dataclass(frozen=True, kw_only=True)
class MergeRange:
    """The task: one range of all runs into the n-grams of every length with their adjusted counts."""

    folder: str
    runs: Table
    cuts: Table
    ranges: int
    order: int

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        found = levels(*self._merged(number), self.order)
        files = {
            f"level-{n}": [write_whole(self.folder, f"level-{n}", f"range-{number:05d}", _table(level))]
            for n, level in enumerate(found, 1)
        }
        return {self.folder: Receipt(task=number, files=files)}

    def _merged(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distinct keys of the range in order; memory is that of the greatest two: what is merged, and what comes."""
        waiting: list[pa.RecordBatch] = []
        rows = merged = 0
        for unit in range(self.runs.parts):
            groups = self.cuts.read(unit).column("group").to_numpy()[number :: self.ranges]
            with self.runs.open(unit) as file:
                for group in groups[groups >= 0].tolist():
                    waiting.append(one_batch(file.read_row_group(group, use_threads=False)))
                    rows += waiting[-1].num_rows
                    if rows > 2 * merged + RUN_TOKENS:  # so that each n-gram is sorted again a few times at most
                        waiting = [_sorted(waiting, self.order)]
                        rows = merged = waiting[0].num_rows
        whole = _sorted(waiting, self.order)
        high, low, counts = (column.to_numpy() for column in whole.columns)
        return high, low, counts


def _sorted(batches: Sequence[pa.RecordBatch], order: int) -> pa.RecordBatch:
    high, low, counts = (
        np.concatenate([np.empty(0, kind.type.to_pandas_dtype()), *(b.column(kind.name).to_numpy() for b in batches)])
        for kind in RUN
    )
    arrays = [array(column) for column in sort_count(high, low, counts, order)]
    return pa.RecordBatch.from_arrays(arrays, schema=RUN)


def _table(level: Level) -> pa.Table:
    return pa.table([pa.array(level.first), pa.array(level.adjusted), pa.array(level.children)], schema=LEVEL)


def read_level(table: Table) -> Level:
    """All ranges of one length, end to end."""
    rows = table.rows
    whole = Level(np.empty(rows, np.uint32), np.empty(rows, np.int64), np.empty(rows, np.uint32))
    place = 0
    for part in range(table.parts):
        for batch in table.batches(part):
            end = place + batch.num_rows
            whole.first[place:end] = batch.column("first").to_numpy()
            whole.adjusted[place:end] = batch.column("adjusted").to_numpy()
            whole.children[place:end] = batch.column("children").to_numpy()
            place = end
    return whole
