"""A part searched without an index: every text of it is looked through once."""

from dataclasses import dataclass, field

import numpy as np

from corpus.search.pattern import Pattern
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from filters.kernels.buffers import buffers

NOWHERE = np.empty((0, 3), np.int64)


@dataclass(frozen=True, kw_only=True)
class PartFound:
    """What was found in one part or a share of it, and in how much."""

    part: int
    documents: int = 0  # that were searched
    bytes: int = 0  # of their texts
    occurrences: int = 0
    holding: int = 0  # documents that have any
    first: np.ndarray = field(default_factory=NOWHERE.copy)  # int64[k, 3]: row of the table, first byte, end; in order


def part(
    texts: Texts, number: int, pattern: Pattern, selection: Selection, room: int, share: int = 0, of: int = 1
) -> PartFound:
    """`room`: of how many occurrences the places are wanted; of one of `of` shares of the part."""
    documents = size = total = holding = 0
    first = [NOWHERE]
    left = room
    for begin, column, chosen in texts.batches(number, selection, share, of):
        documents += int(chosen.sum())
        size += int(np.diff(buffers(column)[1])[chosen].sum())
        found = pattern.find(column, chosen, left)
        total += int(found.counts.sum())
        holding += int((found.counts > 0).sum())
        left -= len(found.first)
        first.append(found.first + np.array([begin, 0, 0]))
    return PartFound(
        part=number, documents=documents, bytes=size, occurrences=total, holding=holding, first=np.concatenate(first)
    )
