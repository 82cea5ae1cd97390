"""Blocks of passages: for each word that they have the passages that have it, and how often."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from corpus.bm25 import terms
from corpus.bm25.terms import Cut
from corpus.store import mapped
from corpus.store.entries import FileEntry
from corpus.store.table import Table
from filters.arrow import Field, schema
from filters.kernels.buffers import buffers

TABLE = "blocks"
MOST_PASSAGES = 1 << 24  # of a block: what a posting has bits for
MOST_OFTEN = 255  # times that a posting counts: more would change a score by less than half a percent


def _list(name: str, kind: pa.DataType) -> Field:
    return pa.field(name, pa.large_list(pa.field("item", kind, nullable=False)), nullable=False)


BLOCK = schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # of the corpus part: that of the block's first document
        pa.field("bytes", pa.int64(), nullable=False),  # of its texts
        _list("firsts", pa.int32()),  # passages before each document, and all
        _list("starts", pa.int32()),  # of a passage: bytes of the document's text, half-open
        _list("ends", pa.int32()),
        _list("lengths", pa.int32()),  # of a passage: words
        _list("words", pa.uint64()),  # hashes of folded words, ascending
        _list("begins", pa.int64()),  # postings before each word, and all
        _list("postings", pa.uint32()),  # of a word: passage << 8 | how often, passages ascending
    ]
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Passages of consecutive documents; fields as in BLOCK."""

    row: int
    bytes: int
    firsts: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    lengths: np.ndarray
    words: np.ndarray
    begins: np.ndarray
    postings: np.ndarray

    @property
    def documents(self) -> int:
        return len(self.firsts) - 1

    @property
    def passages(self) -> int:
        return len(self.lengths)

    def of(self, word: np.uint64) -> np.ndarray:
        """Postings of a word; a view."""
        place = int(np.searchsorted(self.words, word))
        if place == len(self.words) or self.words[place] != word:
            return self.postings[:0]
        return self.postings[self.begins[place] : self.begins[place + 1]]


@dataclass
class _Waiting:
    """Documents of the block to be."""

    row: int = 0
    documents: int = 0
    bytes: int = 0
    passages: int = 0
    pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def take(self, cut: Cut, first: int, last: int, size: int) -> None:
        """Texts of a cut."""
        if first == last:
            return
        a, b = cut.counts[first], cut.counts[last]
        begins = cut.words.word_offsets[a : b + 1]
        own = (np.diff(cut.counts[first : last + 1]), cut.bounds[a:b], np.diff(begins))
        self.pieces.append((*own, cut.words.word_hash[begins[0] : begins[-1]]))
        self.documents += last - first
        self.bytes += size
        self.passages += int(b - a)

    def block(self) -> Block:
        counts, bounds, lengths, hashes = (np.concatenate(one) for one in zip(*self.pieces, strict=True))
        firsts = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=firsts[1:])
        words, begins, postings = _inverted(hashes, lengths)
        return Block(
            row=self.row,
            bytes=self.bytes,
            firsts=firsts,
            starts=np.ascontiguousarray(bounds[:, 0]),
            ends=np.ascontiguousarray(bounds[:, 1]),
            lengths=lengths.astype(np.int32),
            words=words,
            begins=begins,
            postings=postings,
        )


def _inverted(hashes: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Words, begins and postings of passages with so many words each."""
    order = np.argsort(hashes, kind="stable")  # so that passages stay in order within a word
    words = hashes[order]
    passages = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)[order]
    new_word = np.append(True, words[1:] != words[:-1])[: len(words)]
    new_posting = new_word | np.append(True, passages[1:] != passages[:-1])[: len(words)]
    places = np.flatnonzero(new_posting)
    often = np.minimum(np.diff(np.append(places, len(words))), MOST_OFTEN).astype(np.uint32)
    begins = np.append(np.flatnonzero(new_word[places]), len(places)).astype(np.int64)
    return words[new_word], begins, passages[places] << np.uint32(8) | often


def cut(texts: Iterable[pa.StringArray], block_bytes: int) -> Iterator[Block]:
    """Blocks of about so many bytes, of texts that come some at a time."""
    waiting = _Waiting()
    for some in texts:
        found = terms.cut(some)
        sizes, passages = np.diff(buffers(some)[1]).tolist(), np.diff(found.counts).tolist()
        first = size = many = 0  # of this cut, what is not taken yet
        for place, (own, own_passages) in enumerate(zip(sizes, passages, strict=True)):
            full = waiting.bytes + size + own > block_bytes or waiting.passages + many + own_passages > MOST_PASSAGES
            if full and waiting.documents + place > first:
                waiting.take(found, first, place, size)
                yield waiting.block()
                waiting = _Waiting(row=waiting.row + waiting.documents)
                first, size, many = place, 0, 0
            size += own
            many += own_passages
        waiting.take(found, first, len(sizes), size)
    if waiting.documents:
        yield waiting.block()


def write(folder: str, part: int, blocks: Iterable[Block]) -> FileEntry:
    """One part, a block at a time; its rows are documents."""
    return mapped.write(folder, TABLE, part, BLOCK, ((block.documents, vars(block)) for block in blocks))


def read(index: Table, part: int) -> Iterator[Block]:
    """The blocks of a part, in order. Raises DataError for a file that is not the one of the manifest."""
    for number, values in enumerate(mapped.read(index, part)):
        block = Block(**values)  # type: ignore[arg-type]
        if not _holds(block):
            raise mapped.damaged(index, part, f"block {number}")
        yield block


def _holds(block: Block) -> bool:
    """Whether its lists are as long as they should be."""
    firsts, begins = block.firsts, block.begins
    passages = len(block.starts) == len(block.ends) == len(block.lengths)
    listed = len(firsts) > 1 and firsts[0] == 0 and firsts[-1] == len(block.lengths)
    sorted_ = len(begins) == len(block.words) + 1 and begins[0] == 0 and begins[-1] == len(block.postings)
    return bool(passages and listed and sorted_ and (np.diff(firsts) > 0).all())
