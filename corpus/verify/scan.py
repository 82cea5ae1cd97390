"""Every id of a shard, while its bytes are digested: whether the vocabulary has it, and where documents end.

A document ends in exactly one end-of-document: as many of them as documents, and one at each document's last place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.shards.megatron import MASKED
from corpus.store.digests import Digested
from filters.arrow import Array, any_list, typed
from filters.jit import njit

_MASKED = np.uint32(MASKED % (1 << 32))  # as unsigned


@njit(cache=True, nogil=True)
def largest_and_count(ids: np.ndarray, end: int) -> tuple[int, int]:
    """The largest id (0 of none), and how often `end` occurs. `ids` are unsigned."""
    most = ids.dtype.type(0)
    ends = 0
    for start in range(0, len(ids), 32_768):  # a count that fits the lanes of 16-bit ids
        few = ids.dtype.type(0)
        for i in range(start, min(start + 32_768, len(ids))):
            most = max(most, ids[i])
            few += ids.dtype.type(ids[i] == end)
        ends += few
    return most, ends


@dataclass
class Ids:
    """Collects what is wrong with a shard's ids, block by block; the first of each kind is kept."""

    vocab_size: int
    end: int
    ended: bool = True  # each document ends in an end-of-document; else none does. No other place holds one
    masked: bool = False  # labels: MASKED stands for ids that are not learned
    tokens: int = 0
    documents: int = 0
    problems: list[str] = field(default_factory=list)

    def block(self, ids: np.ndarray, ends: np.ndarray) -> None:
        """The next ids, and at which places among them a document has its last."""
        if len(ids):
            self._look(ids.view(f"<u{ids.dtype.itemsize}"), ends)  # a negative id is then beyond any vocabulary
        self.tokens += len(ids)
        self.documents += len(ends)

    def _look(self, ids: np.ndarray, ends: np.ndarray) -> None:
        if self.masked:
            ids = np.where(ids == _MASKED, np.uint32(self.end + 1), ids)  # any id but the end
        most, count = largest_and_count(ids, self.end)
        if most >= self.vocab_size:
            place = int(np.argmax(ids >= self.vocab_size))
            self._note(f"id {ids[place]} is beyond the vocabulary of {self.vocab_size}", place, ends)
        at_ends = ids[ends] == self.end
        if self.ended and not at_ends.all():
            self._note("a document does not end in an end-of-document", int(ends[np.argmin(at_ends)]), ends)
        elif count != (len(ends) if self.ended else 0):
            inside = ids == self.end
            inside[ends[: len(ends) * self.ended]] = False
            self._note("an end-of-document stands inside a document", int(np.argmax(inside)), ends)

    def _note(self, what: str, place: int, ends: np.ndarray) -> None:
        document = self.documents + int(np.searchsorted(ends, place))
        self.problems.append(f"{what}: document {document:,}, token {self.tokens + place:,} of the file")


def scan_bin(file: Digested, kind: np.dtype[Any], lengths: np.ndarray, ids: Ids) -> None:
    """A `.bin` whose index gives these lengths."""
    ends = np.cumsum(lengths.astype(np.int64)) - 1
    rest = b""  # of an id: a store may return any number of bytes
    first = 0
    for block in file.blocks():
        whole: Any = rest + block.to_pybytes() if rest else block  # np.frombuffer takes either
        count = len(whole) // kind.itemsize
        rest = bytes(whole[count * kind.itemsize :])
        low, high = np.searchsorted(ends, [first, first + count])
        ids.block(np.frombuffer(whole, kind.newbyteorder("<"), count), ends[low:high] - first)
        first += count


def read_arrow(stream: pa.Buffer) -> Iterator[pa.RecordBatch]:
    """Batches of an Arrow IPC stream. Raises pa.ArrowInvalid."""
    with pa.ipc.open_stream(stream) as reader:
        yield from reader


def scan_arrow(batch: pa.RecordBatch, ids: Ids) -> None:
    """Rows that are documents (column `input_ids`)."""
    offsets, values = lists(batch.column("input_ids"))
    ids.block(values, offsets[1:] - 1)


def scan_token_part(batches: Iterable[pa.RecordBatch], ids: Ids) -> None:
    """Documents before their ends are added (column `tokens`)."""
    for batch in batches:
        offsets, values = lists(batch.column("tokens"))
        ids.block(values, offsets[1:] - 1)


def lists(column: Array) -> tuple[np.ndarray, np.ndarray]:
    """Offsets from 0 (int64[rows + 1]) and values of a list column, a slice of it included."""
    if pa.types.is_fixed_size_list(column.type):
        fixed = typed(column, pa.FixedSizeListArray)
        return np.arange(len(fixed) + 1, dtype=np.int64) * fixed.type.list_size, fixed.flatten().to_numpy()
    whole = any_list(column)
    offsets = whole.offsets.to_numpy().astype(np.int64)
    return offsets - offsets[0], whole.flatten().to_numpy()
