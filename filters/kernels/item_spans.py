"""Where fields of evaluation items stand in documents: seeds that are looked up, then words in a row compared.

A *field* is a question, a passage or an answer as hashes of folded words. Runs of k of its words are its seeds, in a
table of open addressing; k differs with the field. At a seed that a document has, the words around it are compared with
the whole field by runs of three words, so one word that differs costs the runs over it and no more.
"""

from typing import NamedTuple

import numpy as np

from filters.jit import int64, njit
from filters.kernels.hashing import BASE, mix

TRIPLE = 3  # words of the runs that are compared
_NONE = np.uint64(0)  # no seed: hashes that come out as 0 are told as 1
_PRINTS = (
    16  # bits of the filter before the table for each seed, three of which are its own, in one word of 64: of 1,000
)
# runs of words that are no seed 5 go on for nothing. 100,000 items have 2.5 million seeds: 8 MB, near the cores


class Seeds(NamedTuple):
    """Runs of words by hash, with the fields and places that have them."""

    sizes: np.ndarray  # int64: the k that there are, ascending
    bits: np.ndarray  # uint64: which hashes there may be, of one size after another
    begins: np.ndarray  # int64[sizes]: where those of a size begin
    masks: np.ndarray  # uint64[sizes]: how many words they have, a power of two, less one
    keys: np.ndarray  # uint64, a power of two
    first: np.ndarray  # int64[keys]: into fields and places
    counts: np.ndarray  # int32[keys]
    fields: np.ndarray  # int32
    places: np.ndarray  # int32: words before the run


class Fields(NamedTuple):
    """Fields by number."""

    offsets: np.ndarray  # int64[fields + 1] into hashes and weights
    hashes: np.ndarray  # uint64: folded words
    weights: np.ndarray  # float64: how much a word says
    answers: np.ndarray  # int64[fields + 1] into answer_hashes: words whose presence close by confirms a field
    answer_hashes: np.ndarray  # uint64


@njit(cache=True, nogil=True)
def run_hashes(hashes: np.ndarray, first: int, last: int, size: int) -> np.ndarray:
    """uint64[last - first - size + 1]: of each run of `size` words of hashes[first:last]."""
    count = max(0, last - first - size + 1)
    out = np.empty(count, np.uint64)
    if not count:
        return out
    power = np.uint64(1)
    for _ in range(size):
        power *= BASE
    state = np.uint64(0)
    for place in range(first, last):
        state = state * BASE + hashes[place]
        if place - first >= size:
            state -= power * hashes[place - size]
        if place - first >= size - 1:
            value = mix(state ^ np.uint64(size))
            out[place - first - size + 1] = value if value != _NONE else np.uint64(1)
    return out


def table(hashes: np.ndarray, fields: np.ndarray, places: np.ndarray, lengths: np.ndarray) -> Seeds:
    """Seeds of these runs (uint64) of so many words each, in order of their hash, field and place."""
    sizes, number = np.unique(lengths.astype(np.int64), return_inverse=True)
    wide = [1 << max(0, int(np.count_nonzero(number == one) * _PRINTS // 64).bit_length()) for one in range(len(sizes))]
    begins = np.concatenate([[0], np.cumsum(wide)]).astype(np.int64)
    bits, masks = np.zeros(begins[-1], np.uint64), np.array(wide, np.uint64) - np.uint64(1)
    _mark(hashes, number.reshape(-1).astype(np.int64), bits, begins, masks)
    order = np.lexsort((places, fields, hashes))
    hashes, fields, places = hashes[order], fields[order], places[order]
    distinct, first = np.unique(hashes, return_index=True)
    count = np.diff(np.append(first, len(hashes)))
    room = 1 << max(1, int(2 * len(distinct)).bit_length())
    keys, firsts, counts = np.zeros(room, np.uint64), np.zeros(room, np.int64), np.zeros(room, np.int32)
    _fill(distinct, first.astype(np.int64), count.astype(np.int32), keys, firsts, counts)
    return Seeds(
        sizes, bits, begins[:-1], masks, keys, firsts, counts, fields.astype(np.int32), places.astype(np.int32)
    )


@njit(cache=True, nogil=True)
def _mark(hashes: np.ndarray, number: np.ndarray, bits: np.ndarray, begins: np.ndarray, masks: np.ndarray) -> None:
    for run in range(len(hashes)):
        size = number[run]
        bits[begins[size] + int64((hashes[run] >> np.uint64(20)) & masks[size])] |= _own(hashes[run])


@njit(cache=True, nogil=True, inline="always")
def _own(value: np.uint64) -> np.uint64:
    """Three bits of a word, by the highest bits of a hash."""
    one, two, three = (value >> np.uint64(58)), (value >> np.uint64(52)), (value >> np.uint64(46))
    low = np.uint64(63)
    return (np.uint64(1) << (one & low)) | (np.uint64(1) << (two & low)) | (np.uint64(1) << (three & low))


@njit(cache=True, nogil=True)
def _fill(
    distinct: np.ndarray,
    first: np.ndarray,
    count: np.ndarray,
    keys: np.ndarray,
    firsts: np.ndarray,
    counts: np.ndarray,
) -> None:
    mask = np.uint64(len(keys) - 1)
    for number in range(len(distinct)):
        value = distinct[number]
        slot = value & mask
        while keys[slot] != _NONE:
            slot = (slot + np.uint64(1)) & mask
        keys[slot], firsts[slot], counts[slot] = value, first[number], count[number]


@njit(cache=True, nogil=True)
def find(
    word_hash: np.ndarray, word_offsets: np.ndarray, seeds: Seeds, fields: Fields, slack: int
) -> tuple[np.ndarray, np.ndarray]:
    """int64[found, 7] (row, field, start, end, run, where the run begins, answered) and float64[found] (share).

    `slack`: words between a field and its answer. A place of a document is compared with a field once: seeds within
    what was compared are passed over.
    """
    longest = 1
    for field in range(len(fields.offsets) - 1):
        longest = max(longest, fields.offsets[field + 1] - fields.offsets[field])
    room = 8
    while room < 2 * longest:
        room *= 2
    triples, at, stamp = np.zeros(room, np.uint64), np.zeros(room, np.int32), np.zeros(room, np.int64)
    covered = np.zeros(longest, np.int64)
    done = np.full(len(fields.offsets) - 1, -1, np.int64)  # words of the batch before which a field was compared
    out, shares, count, turn = np.empty((64, 7), np.int64), np.empty(64, np.float64), 0, 0
    mask = np.uint64(len(seeds.keys) - 1)
    for row in range(len(word_offsets) - 1):
        begin, end = int64(word_offsets[row]), int64(word_offsets[row + 1])
        for kind in range(len(seeds.sizes)):
            size, own, wide = seeds.sizes[kind], seeds.begins[kind], seeds.masks[kind]
            power = np.uint64(1)
            for _ in range(size):
                power *= BASE
            state = np.uint64(0)
            for place in range(begin, end):
                state = state * BASE + word_hash[place]
                if place - begin >= size:
                    state -= power * word_hash[place - size]
                if place - begin < size - 1:
                    continue
                value = mix(state ^ np.uint64(size))
                if value == _NONE:
                    value = np.uint64(1)
                marked = _own(value)
                if seeds.bits[own + int64((value >> np.uint64(20)) & wide)] & marked != marked:
                    continue
                slot = value & mask
                while seeds.keys[slot] != _NONE and seeds.keys[slot] != value:
                    slot = (slot + np.uint64(1)) & mask
                if seeds.keys[slot] == _NONE:
                    continue
                for number in range(seeds.first[slot], seeds.first[slot] + seeds.counts[slot]):
                    field = seeds.fields[number]
                    words = fields.offsets[field + 1] - fields.offsets[field]
                    where = place - size + 1
                    if where < done[field]:
                        continue
                    spare = words // 4 + TRIPLE
                    lower = max(begin, where - seeds.places[number] - spare, done[field])
                    upper = min(end, where - seeds.places[number] + words + spare)
                    turn += 1
                    start, stop, run, run_at, share = _compare(
                        word_hash, lower, upper, fields, field, triples, at, stamp, covered, turn
                    )
                    done[field] = max(where + size, stop)
                    if count == len(out):
                        out, shares = (
                            np.concatenate((out, np.empty_like(out))),
                            np.concatenate((shares, np.empty_like(shares))),
                        )
                    answered = _answered(word_hash, start, min(end, stop + slack), fields, field)
                    out[count, 0], out[count, 1] = row, field
                    out[count, 2], out[count, 3] = start - begin, stop - begin
                    out[count, 4], out[count, 5], out[count, 6] = run, run_at - begin, answered
                    shares[count] = share
                    count += 1
    return out[:count], shares[:count]


@njit(cache=True, nogil=True)
def _compare(
    word_hash: np.ndarray,
    lower: int,
    upper: int,
    fields: Fields,
    field: int,
    triples: np.ndarray,
    at: np.ndarray,
    stamp: np.ndarray,
    covered: np.ndarray,
    turn: int,
) -> tuple[int, int, int, int, float]:
    """First and behind the last word that is the field's, the longest run and its first word, and the share of the
    field's weight."""
    base, words = fields.offsets[field], fields.offsets[field + 1] - fields.offsets[field]
    mask = np.uint64(len(triples) - 1)
    for place in range(words - TRIPLE + 1):
        value = _triple(fields.hashes, base + place)
        slot = value & mask
        while stamp[slot] == turn and triples[slot] != value:
            slot = (slot + np.uint64(1)) & mask
        if stamp[slot] != turn:  # of equal runs the first
            stamp[slot], triples[slot], at[slot] = turn, value, place
    start, stop, longest, longest_at, run, last, before = upper, lower, 0, lower, 0, -2, -2
    for place in range(lower, upper - TRIPLE + 1):
        value = _triple(word_hash, place)
        mine = -1
        on = last >= 0 and before == place - 1 and last < words - TRIPLE
        if on and _triple(fields.hashes, base + last + 1) == value:  # as the field goes on
            mine = last + 1
        else:
            slot = value & mask
            while stamp[slot] == turn and triples[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if stamp[slot] == turn:
                mine = at[slot]
        if mine < 0:
            continue
        run = run + 1 if before == place - 1 and last == mine - 1 else TRIPLE
        if run > longest:
            longest, longest_at = run, place + TRIPLE - run
        last, before = mine, place
        start, stop = min(start, place), place + TRIPLE
        for word in range(mine, mine + TRIPLE):
            covered[word] = turn
    there, total = 0.0, 0.0
    for word in range(words):
        total += fields.weights[base + word]
        if covered[word] == turn:
            there += fields.weights[base + word]
    return start, max(start, stop), longest, longest_at, there / total


@njit(cache=True, nogil=True, inline="always")
def _triple(hashes: np.ndarray, place: int) -> np.uint64:
    return mix((hashes[place] * BASE + hashes[place + 1]) * BASE + hashes[place + 2])


@njit(cache=True, nogil=True)
def _answered(word_hash: np.ndarray, start: int, end: int, fields: Fields, field: int) -> bool:
    first, words = fields.answers[field], fields.answers[field + 1] - fields.answers[field]
    for place in range(start, end - words + 1):
        same = words > 0
        for word in range(words):
            if word_hash[place + word] != fields.answer_hashes[first + word]:
                same = False
                break
        if same:
            return True
    return False
