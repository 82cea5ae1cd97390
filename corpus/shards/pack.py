"""Documents into sequences of one length: best-fit packing (Ding et al. 2024, "Fewer Truncations Improve Language
Modeling", section 3), or end to end.

Best fit cuts only documents that are longer than a sequence; each piece, the longest first, goes into the fullest
sequence that has room for it. Pieces of equal length keep their order, and of equally full sequences the one that has
been so for longest is taken, as TRL's `bfd_split` does.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from filters.jit import njit
from filters.kernels.hashing import mix

PACKINGS = Literal["documents", "best_fit", "concatenate"]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """How documents become rows of the Arrow shards."""

    kind: PACKINGS
    length: int  # tokens of a sequence
    padding: int  # the id that fills it up
    seed: int


@dataclass(frozen=True, kw_only=True)
class Sequences:
    """Pieces of documents, sequence after sequence."""

    document: np.ndarray  # int64 of each piece: its document's number
    start: np.ndarray  # int64: its first token in the document
    length: np.ndarray  # int64: its tokens
    offsets: np.ndarray  # int64[sequences + 1] into pieces

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def shuffled(self, key: int) -> "Sequences":
        """The same sequences in an order that depends on the key (uint64) and their number alone."""
        order = np.argsort(_keys(len(self), np.uint64(key)), kind="stable")
        counts = np.diff(self.offsets)[order]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        pieces = np.repeat(self.offsets[:-1][order] - offsets[:-1], counts) + np.arange(offsets[-1])
        return Sequences(
            document=self.document[pieces], start=self.start[pieces], length=self.length[pieces], offsets=offsets
        )


def best_fit(lengths: np.ndarray, size: int) -> Sequences:
    """Sequences of at most `size` tokens of documents of these lengths (int64, tokens), in order of their creation."""
    document, start, length = _split(lengths, size)
    rooms = (size - length).astype(np.min_scalar_type(size))  # 16 bits are sorted by radix, 64 by comparison
    order = np.argsort(rooms, kind="stable")  # longest first
    owner, count = _place(length[order], size)
    by_sequence = np.argsort(owner, kind="stable")
    pieces = order[by_sequence]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))]).astype(np.int64)
    return Sequences(document=document[pieces], start=start[pieces], length=length[pieces], offsets=offsets)


def concatenate(lengths: np.ndarray, size: int) -> Sequences:
    """All documents end to end, cut at every `size` tokens; the last sequence holds the rest."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.unique(np.concatenate([ends - lengths, np.arange(0, total, size)]))
    cuts = cuts[cuts < total]
    document = np.searchsorted(ends, cuts, side="right")
    start = cuts - (ends - lengths)[document]
    firsts = np.searchsorted(cuts, np.arange(0, total, size))
    offsets = np.append(firsts, len(cuts)).astype(np.int64)
    return Sequences(document=document, start=start, length=np.diff(np.append(cuts, total)), offsets=offsets)


def _split(lengths: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Documents in pieces of `size` and a rest: document, start and length (int64) of each."""
    counts = -(-lengths // size)
    document = np.repeat(np.arange(len(lengths)), counts)
    number = np.arange(len(document)) - np.repeat(np.cumsum(counts) - counts, counts)
    start = number * size
    return document, start, np.minimum(size, lengths[document] - start)


@njit(cache=True, nogil=True)
def _place(lengths: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """The sequence (int64) of each piece, falling lengths of 1..size, and how many there are.

    Sequences with the same room wait in a queue; a tree over rooms says which queues are not empty.
    """
    width = 1
    while width < size + 1:
        width *= 2
    waiting = np.zeros(2 * width, np.int64)  # sequences below each node; leaf width + r is for room r
    first = np.full(size + 1, -1)
    last = np.full(size + 1, -1)
    following = np.full(len(lengths), -1)
    owner = np.empty(len(lengths), np.int64)
    count = 0
    for piece in range(len(lengths)):
        room = _least(waiting, width, lengths[piece])
        if room < 0:
            room = size
            sequence = count
            count += 1
        else:
            sequence = first[room]
            first[room] = following[sequence]
            _add(waiting, width + room, -1)
        owner[piece] = sequence
        room -= lengths[piece]
        if room:
            following[sequence] = -1
            if first[room] < 0:
                first[room] = sequence
            else:
                following[last[room]] = sequence
            last[room] = sequence
            _add(waiting, width + room, 1)
    return owner, count


@njit(cache=True, nogil=True)
def _least(waiting: np.ndarray, width: int, length: int) -> int:
    """The least room of at least `length` for which a sequence waits, or -1: up to the first subtree on the right that
    has any, then down to its left end."""
    node = width + length
    if waiting[node]:
        return length
    while node > 1 and (node & 1 or not waiting[node + 1]):
        node >>= 1
    if node == 1:
        return -1
    node += 1
    while node < width:
        node = 2 * node if waiting[2 * node] else 2 * node + 1
    return node - width


@njit(cache=True, nogil=True)
def _add(waiting: np.ndarray, node: int, change: int) -> None:
    while node:
        waiting[node] += change
        node >>= 1


@njit(cache=True, nogil=True)
def fill(
    tokens: np.ndarray, starts: np.ndarray, lengths: np.ndarray, offsets: np.ndarray, size: int, padding: int
) -> np.ndarray:
    """Ids of sequences of `size`, end to end: pieces by where they start in `tokens`, then padding."""
    out = np.full((len(offsets) - 1) * size, padding, tokens.dtype)
    for sequence in range(len(offsets) - 1):
        place = sequence * size
        for piece in range(offsets[sequence], offsets[sequence + 1]):
            for i in range(lengths[piece]):
                out[place + i] = tokens[starts[piece] + i]
            place += lengths[piece]
    return out


@njit(cache=True, nogil=True)
def _keys(count: int, key: np.uint64) -> np.ndarray:
    out = np.empty(count, np.uint64)
    for i in range(count):
        out[i] = mix(key + mix(np.uint64(i)))
    return out
