"""Texts searched for items: what is found, where in the text it stands, and whether it is proof."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.contamination.item_index import KINDS, ItemIndex
from filters.arrow import strings
from filters.batch import Batch
from filters.kernels import item_spans
from filters.kernels.boundaries import places

_SLACK: Final = 30  # words between a question and its answer
_CANARY: Final = re.compile(r"canary GUID[:\s]*([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, kw_only=True)
class Match:
    """A field of an item in a text; a canary has no item (-1)."""

    row: int  # of the batch
    item: int
    kind: str  # in KINDS of item_index, or "canary"
    start: int  # code points, half-open
    end: int
    share: float  # of the field, by what its words say
    run: int  # words in a row
    gram: int  # int64: hash of the first words of the run, as many as are proof; 0 if it has fewer
    whole: bool  # the field stands there whole, or nearly: proof whatever its runs are


def search(index: ItemIndex, text: pa.StringArray, min_share: float) -> Iterator[Match]:
    """What is proof in each text of a batch, by row; runs of words may turn out to be common phrases yet."""
    batch = Batch(documents=pa.RecordBatch.from_arrays([text], names=["text"]))
    words = batch.folded
    found, share = item_spans.find(words.word_hash, words.word_offsets, index.seeds, index.fields, _SLACK)
    row, field, start, end, run, run_at, answered = found.T
    proof = index.run[field]
    whole = (share >= min_share) & ((index.words[field] >= index.whole[field]) | (answered != 0))
    chosen = np.flatnonzero((run >= proof) | whole)
    chosen = chosen[np.lexsort((field[chosen], start[chosen], row[chosen]))]
    where: dict[int, np.ndarray] = {}
    for number in chosen.tolist():
        own = int(row[number])
        if own not in where:
            where[own] = _places(batch, own)
        base, size = int(words.word_offsets[own]), int(proof[number])
        gram = 0
        if run[number] >= size:
            first = base + int(run_at[number])
            gram = int(item_spans.run_hashes(words.word_hash, first, first + size, size).view(np.int64)[0])
        yield Match(
            row=own,
            item=int(index.item[field[number]]),
            kind=KINDS[index.kind[field[number]]],
            start=int(where[own][0, start[number]]),
            end=int(where[own][1, end[number] - 1]),
            share=float(share[number]),
            run=int(run[number]),
            gram=gram,
            whole=bool(whole[number]),
        )


def canaries(index: ItemIndex, text: pa.StringArray) -> Iterator[Match]:
    """Canary strings: "canary GUID" with one behind it, and those that stand over the items wherever they are."""
    known = {guid for one in index.canaries for guid in _GUID.findall(one)}
    hit = pc.match_substring(text, "canary GUID")
    for guid in sorted(known):
        hit = pc.or_(hit, pc.match_substring(text, guid))
    for row in np.flatnonzero(np.asarray(hit, bool)).tolist():
        said = strings(text.slice(row, 1))[0]
        spans = [match.span() for match in _CANARY.finditer(said)]
        spans += [
            match.span()
            for match in _GUID.finditer(said)
            if match.group() in known and not any(a <= match.start() < b for a, b in spans)
        ]
        for start, end in sorted(spans):
            yield Match(row=row, item=-1, kind="canary", start=start, end=end, share=1.0, run=0, gram=0, whole=True)


def _places(batch: Batch, row: int) -> np.ndarray:
    """int32[2, folded words]: where each word of a text's folding stands in the text, in code points."""
    data, offsets = batch.buffers
    own = places(data, int(offsets[row]), int(offsets[row + 1]), int(batch.index.words[row]))
    count = int(batch.folded.words[row])
    if own.shape[1] == count:
        return own
    # Folding makes several words of one (a fraction, a ligature of letters with a sign): each is where that one is.
    text = strings(batch.text.slice(row, 1))[0]
    pieces = pa.array([text[start:end] for start, end in own.T.tolist()], pa.string())
    made = Batch(documents=pa.RecordBatch.from_arrays([pieces], names=["text"])).folded.words
    spread = np.repeat(own, made, axis=1)
    if spread.shape[1] < count:  # what stands between words became one
        spread = np.concatenate([spread, np.repeat(own[:, -1:], count - spread.shape[1], axis=1)], axis=1)
    return spread[:, :count]
