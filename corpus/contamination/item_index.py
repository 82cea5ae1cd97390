"""Items as what is looked up in texts: fields as hashes of folded words, and the seeds of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.contamination.items import Item
from filters.batch import Batch
from filters.kernels import item_spans
from filters.kernels.item_spans import Fields, Seeds

KINDS: Final = ("question", "passage", "answer")
_SEED: Final = 5  # words: of a question of 13 with one word changed 4 runs of 5 at the least are left
_SEED_LETTERS: Final = 8  # of scripts in which a letter is a word
_LEAST: Final = item_spans.TRIPLE  # words of a field that can be looked for
_WHOLE: Final = 8  # words of a question that is proof by itself; a shorter one needs its answer beside it
_LETTERS: Final = 2.5  # words in a block of text without white space, above which the script has no spaces
_COMMON: Final = 64  # items that have a seed: above it is a phrase of suites ("which of the following"), no seed
_ROWS: Final = 1 << 14  # texts folded at a time


@dataclass(frozen=True, kw_only=True)
class ItemIndex:
    """What one text after another is searched with. Arrays have a value a field."""

    items: Sequence[Item]
    item: np.ndarray  # int32: number of the item
    kind: np.ndarray  # uint8: in KINDS
    run: np.ndarray  # int32: words in a row that are proof
    whole: np.ndarray  # int32: words of a field that is proof by itself
    fields: Fields
    seeds: Seeds
    unchecked: np.ndarray  # int32: items with nothing that can be looked for
    canaries: tuple[str, ...]  # strings that stand over the items

    @property
    def words(self) -> np.ndarray:
        """int64[fields]"""
        return np.diff(self.fields.offsets)


def build(found: Iterable[Item], ngram: int) -> ItemIndex:
    """Index items, in their order."""
    items = list(found)
    owner: list[int] = []
    kinds: list[int] = []
    texts: list[str] = []
    for number, item in enumerate(items):
        for field, text in enumerate((item.question, item.passage, item.answer)):
            owner.append(number)
            kinds.append(field)
            texts.append(text)
    offsets, hashes, blocks = _folded(texts)
    words = np.diff(offsets)
    kind = np.array(kinds, np.uint8)
    loose = words > _LETTERS * blocks
    scale = np.where(loose, 2, 1)
    # An answer is looked for by itself only where it is long enough to be proof: else it stands in any text.
    taken = (words >= _LEAST) & ((kind != KINDS.index("answer")) | (words >= ngram * scale))
    rows = np.flatnonzero(taken)
    owners = np.array(owner, np.int32)
    confirmed = kind[rows] == KINDS.index("question")
    answers = np.array([number * len(KINDS) + KINDS.index("answer") for number in owners[rows]], np.int64)
    answer_offsets, answer_hashes = _gathered(offsets, hashes, answers, confirmed)
    field_offsets, field_hashes = _gathered(offsets, hashes, rows, np.ones(len(rows), bool))
    fields = Fields(
        offsets=field_offsets,
        hashes=field_hashes,
        weights=_weights(field_offsets, field_hashes),
        answers=answer_offsets,
        answer_hashes=answer_hashes,
    )
    seeds = _seeds(fields, np.where(loose[rows], _SEED_LETTERS, _SEED))
    # A short question without an answer proves nothing, and a field all of whose runs many items share is not found.
    short = confirmed & (words[rows] < _WHOLE * scale[rows]) & (np.diff(answer_offsets) == 0)
    told = ~short & (np.bincount(seeds.fields, minlength=len(rows)) > 0)
    checked = np.zeros(len(items), bool)
    checked[owners[rows][told]] = True
    return ItemIndex(
        items=items,
        item=owners[rows],
        kind=kind[rows],
        run=(ngram * scale[rows]).astype(np.int32),
        whole=(_WHOLE * scale[rows]).astype(np.int32),
        fields=fields,
        seeds=seeds,
        unchecked=np.flatnonzero(~checked).astype(np.int32),
        canaries=tuple(sorted({item.canary for item in items if item.canary})),
    )


def _folded(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offsets and hashes of the folded words of texts, and how many blocks white space parts each into."""
    offsets, hashes, blocks = [np.zeros(1, np.int64)], [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    last = 0
    for first in range(0, len(texts), _ROWS):
        column = pa.array(texts[first : first + _ROWS], pa.string())
        words = Batch(documents=pa.RecordBatch.from_arrays([column], names=["text"])).folded
        offsets.append(words.word_offsets[1:] + last)
        hashes.append(words.word_hash)
        blocks.append(np.asarray(pc.count_substring_regex(column, r"\s\S"), np.int64) + 1)
        last += len(words.word_hash)
    return np.concatenate(offsets), np.concatenate(hashes), np.concatenate(blocks)


def _gathered(
    offsets: np.ndarray, hashes: np.ndarray, rows: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Words of some rows one after another; none of those that are not wanted."""
    count = np.where(wanted, np.diff(offsets)[rows], 0)
    ends = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    places = np.arange(ends[-1]) - np.repeat(ends[:-1], count) + np.repeat(offsets[rows], count)
    return ends, hashes[places]


def _weights(offsets: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """float64: log(1 + fields / fields that have the word), as words of suites are rare."""
    fields = len(offsets) - 1
    number = np.repeat(np.arange(fields), np.diff(offsets))
    distinct, inverse = np.unique(hashes, return_inverse=True)
    pairs = np.unique(np.stack([inverse.reshape(-1), number]), axis=1)[0]
    having = np.bincount(pairs, minlength=len(distinct))
    weights: np.ndarray = np.log1p(fields / np.maximum(having, 1))[inverse.reshape(-1)]
    return weights


def _seeds(fields: Fields, sizes: np.ndarray) -> Seeds:
    """Every run of the field's size, or of all its words where it has fewer; without those that many items have."""
    hashes = [np.empty(0, np.uint64)]
    owners, places, lengths = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number, size in enumerate(np.minimum(sizes, np.diff(fields.offsets)).tolist()):
        first, last = int(fields.offsets[number]), int(fields.offsets[number + 1])
        own = item_spans.run_hashes(fields.hashes, first, last, size)
        lengths.append(np.full(len(own), size, np.int64))
        hashes.append(own)
        owners.append(np.full(len(own), number, np.int64))
        places.append(np.arange(len(own), dtype=np.int64))
    found, owner, place = np.concatenate(hashes), np.concatenate(owners), np.concatenate(places)
    _, inverse, count = np.unique(found, return_inverse=True, return_counts=True)
    kept = count[inverse.reshape(-1)] <= _COMMON
    return item_spans.table(found[kept], owner[kept], place[kept], np.concatenate(lengths)[kept])
