"""Passages ranked for the words of a query by BM25, as Lucene has it: the inverse document frequency of a word,
ln(1 + (N - n + 0.5) / (n + 0.5)), times f / (f + K1 (1 - B + B l / average)), added over the words of the query.

N, n and the average are of all passages of the corpus, whichever are searched. Passages with the same score come in
order of part, document and place.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.bm25 import blocks, terms
from corpus.bm25.blocks import Block
from corpus.charset import normalise
from corpus.errors import DataError, RecipeError
from corpus.search.selection import Selection
from corpus.store import mapped
from corpus.store.table import Table
from filters.arrow import string_array
from filters.kernels.passages import add_scores

K1, B = 1.2, 0.75  # Lucene's and SQLite's
MOST_WORDS = 256  # of a query: two passages


@dataclass(frozen=True)
class Query:
    """What is asked for. Raises RecipeError for one without words, or with too many."""

    asked: str

    def __post_init__(self) -> None:
        try:
            self.asked.encode()
        except UnicodeEncodeError as error:
            raise RecipeError("the query is not UTF-8: no text of a corpus can hold it") from error
        if not self.words:
            raise RecipeError("the query has no word: give at least one of letters or digits")
        if len(self.words) > MOST_WORDS:
            raise RecipeError(f"the query has {len(self.words):,} words: give {MOST_WORDS} at the most")

    @cached_property
    def words(self) -> list[int]:
        """Hashes, in order, each as often as it stands there."""
        texts = string_array(normalise.normalise_array(pa.array([self.asked], pa.string())))
        found: list[int] = terms.hashes(texts).word_hash.tolist()
        return found

    @cached_property
    def often(self) -> dict[int, int]:
        """Different words in the order of their first place, with the times that they stand there."""
        return {word: self.words.count(word) for word in dict.fromkeys(self.words)}


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A passage that was found."""

    score: float
    part: int
    row: int  # of the corpus part
    first: int  # bytes of its text, half-open
    last: int


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What was searched, and what has a word of the query."""

    documents: int
    passages: int
    fitting: int  # passages that have a word
    corpus_passages: int  # of all documents
    having: Sequence[int]  # of these, by word of the query: passages that have it


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Of the whole index."""

    passages: int
    length: int  # words
    having: np.ndarray  # int64[words of the query]

    def weights(self, query: Query) -> list[float]:
        """Inverse document frequencies, times the times that the query has the word."""
        found = zip(self.having.tolist(), query.often.values(), strict=True)
        return [often * math.log1p((self.passages - n + 0.5) / (n + 0.5)) for n, often in found]


Parts = Callable[[str, Callable[[int], Iterable[Any]]], Sequence[Any]]  # what a function gives for each part, in order


def find(
    corpus: Table, index: Table, query: Query, selection: Selection, count: int, parts: Parts
) -> tuple[list[Ranked], Sums]:
    """The best `count`; `parts` runs over the parts of the corpus."""
    seen = parts("search", lambda part: [_counted(index, part, query)])
    known = _Known(
        passages=sum(one.passages for one in seen),
        length=sum(one.length for one in seen),
        having=sum((one.having for one in seen), np.zeros(len(query.often), np.int64)),
    )
    found = parts("search", lambda part: [_ranked(corpus, index, part, query, selection, count, known)])
    best = sorted((one for own, *_ in found for one in own), key=lambda one: (-one.score, one.part, one.row, one.first))
    documents, passages, fitting = (sum(one[place] for one in found) for place in (1, 2, 3))
    sums = Sums(
        documents=documents,
        passages=passages,
        fitting=fitting,
        corpus_passages=known.passages,
        having=known.having.tolist(),
    )
    return best[:count], sums


def _counted(index: Table, part: int, query: Query) -> _Known:
    passages = length = 0
    having = np.zeros(len(query.often), np.int64)
    for block in blocks.read(index, part):
        passages += block.passages
        length += int(block.lengths.sum(dtype=np.int64))
        having += [len(block.of(np.uint64(word))) for word in query.often]
    return _Known(passages=passages, length=length, having=having)


def _ranked(
    corpus: Table, index: Table, part: int, query: Query, selection: Selection, count: int, known: _Known
) -> tuple[list[Ranked], int, int, int]:
    """The best of a part; documents and passages that were searched; passages that have a word."""
    chosen = selection.of_part(corpus, part)
    documents = passages = fitting = 0
    found: list[Ranked] = []
    for block in blocks.read(index, part):
        own = chosen[block.row : block.row + block.documents]
        if len(own) != block.documents:
            raise DataError(f"part {part} of the index has other documents than the corpus: run the recipe again")
        wanted = np.repeat(own, np.diff(block.firsts))
        scores = np.where(wanted, _scores(index, part, block, query, known), 0.0)
        documents += int(own.sum())
        passages += int(wanted.sum())
        fitting += int((scores > 0).sum())
        for place in _best(scores, count).tolist():
            row = int(np.searchsorted(block.firsts, place, side="right")) - 1
            found.append(
                Ranked(
                    score=float(scores[place]),
                    part=part,
                    row=block.row + row,
                    first=int(block.starts[place]),
                    last=int(block.ends[place]),
                )
            )
    return found, documents, passages, fitting


def _scores(index: Table, part: int, block: Block, query: Query, known: _Known) -> np.ndarray:
    scores = np.zeros(block.passages, np.float64)
    average = max(known.length, 1) / max(known.passages, 1)
    for word, weight in zip(query.often, known.weights(query), strict=True):
        if not add_scores(block.of(np.uint64(word)), block.lengths, weight, K1, B, average, scores):
            raise mapped.damaged(index, part, "a passage that is not there")
    return scores


def _best(scores: np.ndarray, count: int) -> np.ndarray:
    """Places of the best that are above 0; of the same score those that come first."""
    above = np.flatnonzero(scores > 0)
    if len(above) > count > 0:
        least = np.partition(scores[above], len(above) - count)[len(above) - count]
        above = above[scores[above] >= least]
    order = np.lexsort((above, -scores[above]))
    return np.asarray(above[order[:count]])
