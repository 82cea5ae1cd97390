"""A part searched by its index: what `corpus.search.scan` finds, and of the corpus table narrow columns alone."""

import numpy as np

from corpus.errors import DataError
from corpus.search.pattern import Phrase
from corpus.search.scan import NOWHERE, PartFound
from corpus.search.selection import Selection
from corpus.store.table import Table
from corpus.textindex import blocks
from corpus.textindex.blocks import Block
from filters.kernels import suffix_lookup
from filters.kernels.suffixes import STEP

# A place that is looked up costs two misses of the cache, some 200 ns; a byte that is scanned 0.2 ns.
_SCANNED_A_PLACE = 1024
_REMEDY = "`gristmill verify` says which file; delete the folder of its stage and run the recipe again"
EVERY = 1 << 62  # for `room`: the places of all


def part(corpus: Table, index: Table, number: int, phrase: Phrase, selection: Selection, room: int) -> PartFound:
    """`room`: of how many occurrences the places are wanted."""
    chosen = selection.of_part(corpus, number)
    documents = size = total = holding = 0
    first = [NOWHERE]
    left = room
    for block in blocks.read(index, number):
        own = chosen[block.row : block.row + block.documents]
        if len(own) != block.documents:
            raise DataError(f"part {number} of the index has other documents than the corpus: {_REMEDY}")
        documents += int(own.sum())
        size += int((np.diff(block.starts) - 1)[own].sum())
        counts, places = _found(block, phrase, own, left)
        total += int(counts.sum())
        holding += int((counts > 0).sum())
        left -= len(places)
        rows, starts = places[:, 0], places[:, 1] - block.starts[places[:, 0]]
        first.append(np.stack([rows + block.row, starts, starts + len(phrase.needle)], axis=1))
    return PartFound(
        part=number, documents=documents, bytes=size, occurrences=total, holding=holding, first=np.concatenate(first)
    )


def _found(block: Block, phrase: Phrase, chosen: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    """Occurrences by document, and document and byte of the first: by suffixes where few begin with it, else by a
    scan."""
    needle = phrase.needle
    if len(needle) >= STEP:
        most = len(block.text) // _SCANNED_A_PLACE
        places, how = suffix_lookup.occurrences(block.text, block.suffixes, STEP, needle, most)
        if how == suffix_lookup.DAMAGED:
            raise DataError(f"an index is damaged: {_REMEDY}")
        if how == suffix_lookup.FOUND:
            return _by_document(block, np.sort(places), chosen, room)
    return phrase.scan(block.text, block.starts, chosen, room)


def _by_document(block: Block, places: np.ndarray, chosen: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.searchsorted(block.starts, places, side="right") - 1
    wanted = chosen[rows]
    rows, places = rows[wanted], places[wanted]
    counts = np.bincount(rows, minlength=block.documents)
    return counts, np.stack([rows[:room], places[:room]], axis=1)
