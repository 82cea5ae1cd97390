"""Pieces of documents to inputs and targets: as they are, cut at a place, or with spans of noise.

A document is read from its head in pieces, each as long as fills a row; a way to corrupt is drawn for each, then what
the way needs. What is left of a document and is too short to be corrupted is in no example, and counted.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from corpus.views.draws import below, key, share
from corpus.views.recipe_table import View
from corpus.views.spans import fitting, noise, partition
from filters.jit import int64, njit

CAUSAL, PREFIX, NOISE = range(3)  # how a piece becomes an example


class Ways(NamedTuple):
    """Ways to make examples, an entry each in the arrays, and the ids that they need."""

    kind: int
    tokens: np.ndarray  # int64: of a document in an example, at the most
    density: np.ndarray  # float64
    mean: np.ndarray  # float64: tokens of a span; 0: the noise is the end of the text
    token: np.ndarray  # int64: id that stands before the inputs, -1 for none
    chance: np.ndarray  # float64: sums of shares, the last is 1
    separator: int  # id between inputs and targets, -1 for none
    end: int  # id that ends a document
    sentinels: np.ndarray  # int64: their ids, in order
    row: int  # tokens of a row


def ways(view: View, ids: Mapping[str, int], end: int) -> Ways:
    """`ids`: of reserved tokens by name. Raises ValueError for a sequence_length that holds no example."""
    separator = ids[view.separator] if view.separator else -1
    sizes = [fitting(view.sequence_length, w.density, w.mean_span or 0, view.fits, bool(w.token)) for w in view.ways]
    plain = view.sequence_length - 1 - (separator >= 0)  # room for the end of the document
    weights = np.array([way.weight for way in view.ways] or [1.0])
    chance = np.cumsum(weights / weights.sum())
    chance[-1] = 1.0
    if sizes and separator < 0:
        separator = end
    return Ways(
        kind=NOISE if sizes else PREFIX if view.objective == "prefix" else CAUSAL,
        tokens=np.array([size.tokens for size in sizes] or [plain], np.int64),
        density=np.array([way.density for way in view.ways] or [0.0]),
        mean=np.array([way.mean_span or 0.0 for way in view.ways] or [0.0]),
        token=np.array([ids[way.token] if way.token else -1 for way in view.ways] or [-1], np.int64),
        chance=chance,
        separator=separator,
        end=end,
        sentinels=np.array([ids[name] for name in sentinels(view)], np.int64),
        row=max([view.sequence_length, *(size.inputs + size.targets for size in sizes)]),
    )


def sentinels(view: View) -> list[str]:
    """Names of all that a view may need, in order."""
    most = (
        fitting(view.sequence_length, w.density, w.mean_span or 0, view.fits, bool(w.token)).spans for w in view.ways
    )
    return [view.sentinel.replace("{}", str(number)) for number in range(max(most, default=0))]


class Pieces(NamedTuple):
    """An entry an example."""

    document: np.ndarray  # int64: number in the block
    start: np.ndarray  # int64: its first token in the document
    length: np.ndarray  # int64: tokens of the document
    last: np.ndarray  # bool: whether the document ends with it
    way: np.ndarray  # int64
    state: np.ndarray  # uint64: of its draws, after that of the way
    inputs: np.ndarray  # int64: tokens of its inputs
    targets: np.ndarray  # int64

    def __len__(self) -> int:
        return len(self.document)


def pieces(offsets: np.ndarray, keys: np.ndarray, copies: np.ndarray, chosen: np.ndarray, how: Ways) -> Pieces:
    """Of the chosen documents (numbers, int64); `offsets` (int64[documents + 1]) are of tokens with their ends, `keys`
    (uint64) of documents."""
    contents = np.diff(offsets)[chosen] - 1
    most = int((contents // how.tokens.min() + 1).sum())
    return Pieces(*_cut(chosen, contents, keys, copies, most, how))


@njit(cache=True, nogil=True)
def _cut(
    chosen: np.ndarray, contents: np.ndarray, keys: np.ndarray, copies: np.ndarray, most: int, how: Ways
) -> tuple[np.ndarray, ...]:
    rows = np.empty((6, most), np.int64)
    document, start, length, way, inputs, targets = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]
    last = np.empty(most, np.bool_)
    states = np.empty(most, np.uint64)
    state = np.empty(1, np.uint64)
    count = 0
    for number in range(len(chosen)):
        place = piece = 0
        while place < contents[number] or (piece == 0 and how.kind == CAUSAL):
            state[0] = key(keys[chosen[number]], copies[chosen[number]], piece)
            taken = np.searchsorted(how.chance, share(state), side="right")
            size = min(how.tokens[taken], contents[number] - place)
            ends = place + size == contents[number]
            if how.kind == NOISE and size < 2:
                break
            document[count], start[count], length[count], way[count] = chosen[number], place, size, taken
            last[count] = ends
            states[count] = state[0]
            if how.kind == CAUSAL:
                inputs[count], targets[count] = 0, size + ends
            elif how.kind == PREFIX:
                seen = 1 + below(state, size + ends - 1)
                inputs[count], targets[count] = seen + (how.separator >= 0), size + ends - seen
            else:
                noisy, spans = noise(size, how.density[taken], how.mean[taken])
                inputs[count] = (how.token[taken] >= 0) + size - noisy + spans + 1
                targets[count] = noisy + spans + 1
            count += 1
            place += size
            piece += 1
    return (
        document[:count],
        start[:count],
        length[:count],
        last[:count],
        way[:count],
        states[:count],
        inputs[:count],
        targets[:count],
    )


@njit(cache=True, nogil=True)
def filled(tokens: np.ndarray, offsets: np.ndarray, found: Pieces, how: Ways) -> np.ndarray:
    """Ids of all examples, end to end: inputs, then targets. `tokens` and `offsets` are those of the documents."""
    out = np.empty(found.inputs.sum() + found.targets.sum(), tokens.dtype)
    longest = found.length.max() if len(found.length) else 0
    noises, keeps = np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64)
    state = np.empty(1, np.uint64)
    at = 0
    for piece in range(len(found.document)):
        first = offsets[found.document[piece]] + found.start[piece]
        size, taken = found.length[piece], found.way[piece]
        state[0] = found.state[piece]
        if how.kind == NOISE:
            at = _corrupted(out, at, tokens, first, size, taken, state, noises, keeps, how)
            continue
        whole = size + found.last[piece]
        seen = found.inputs[piece] - (how.kind == PREFIX and how.separator >= 0)
        for i in range(seen):
            out[at + i] = tokens[first + i]
        at += seen
        if how.kind == PREFIX and how.separator >= 0:
            out[at] = how.separator
            at += 1
        for i in range(seen, whole):
            out[at + i - seen] = tokens[first + i]
        at += whole - seen
    return out


@njit(cache=True, nogil=True)
def _corrupted(
    out: np.ndarray,
    at: int,
    tokens: np.ndarray,
    first: int,
    size: int,
    taken: int,
    state: np.ndarray,
    noises: np.ndarray,
    keeps: np.ndarray,
    how: Ways,
) -> int:
    """Inputs and targets of a piece, from `at` on; where they end."""
    noisy, spans = noise(size, how.density[taken], how.mean[taken])
    if spans:
        partition(noisy, spans, state, noises)
        partition(size - noisy, spans, state, keeps)
    else:
        noises[0], keeps[0] = noisy, size - noisy
    target = at + (how.token[taken] >= 0) + size - noisy + spans + 1
    if how.token[taken] >= 0:
        out[at] = how.token[taken]
        at += 1
    place = first
    for span in range(max(spans, 1)):
        for _ in range(keeps[span]):
            out[at] = tokens[place]
            at += 1
            place += 1
        if spans:
            out[at] = how.sentinels[span]
            out[target] = how.sentinels[span]
            at += 1
            target += 1
        for _ in range(noises[span]):
            out[target] = tokens[place]
            target += 1
            place += 1
    out[at] = how.separator
    out[target] = how.end
    return int64(target + 1)
