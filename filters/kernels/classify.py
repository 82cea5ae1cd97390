"""fastText's supervised prediction over Arrow buffers: the sums of vectors of words and of their n-grams, and labels.

A text is judged in *segments*: whole lines, joined until they hold `segment_chars` code points, or a tenth of the text
where that is fewer but `least_chars`, so that a document in two languages shows both and no line of three words is
judged alone. A document's score for a label is the mean over
its segments, weighted by their code points. Within a segment everything is as in fastText's `predict`: words end at
ASCII white space and NUL, the end of the segment is a token, sums are of 32-bit floats in order of the text.
"""

import math
from typing import NamedTuple

import numpy as np

from filters.jit import at, int64, njit

_FNV = np.uint32(2166136261)  # FNV-1a, 32 bits (Fowler, Noll & Vo), as fastText's Dictionary::hash
_FNV_PRIME = np.uint32(16777619)
_SIGN = np.uint32(0xFFFFFF00)  # fastText hashes signed characters
_PAIR = np.uint64(116049371)  # Dictionary::addWordNgrams
_OPEN, _CLOSE = np.uint8(60), np.uint8(62)  # < and >: the ends of a word
_FLOOR = 1e-5  # std_log's, of fastText's Loss
_LEAST = math.log(_FLOOR)  # branches below it are left out, by fastText too
_SIGMOID_SLOTS, _SIGMOID_MOST = 512, 8.0  # fastText's table of the logistic function
_CACHE_BYTES = (
    1 << 18
)  # of vectors of tokens that were met lately (of ten, six come again): it stays in the second level
_SEGMENTS = 10  # of a text that is not long: ten show a second language of a tenth
_LABEL = np.frombuffer(b"__label__", np.uint8)
_END_HASH = np.int32(-677604519)  # of `</s>`, the token that ends a line


@njit(cache=True, nogil=True, inline="always")
def _hash_one(state: np.uint32, byte: np.uint8) -> np.uint32:
    value = np.uint32(byte)
    if byte >= 0x80:
        value |= _SIGN
    return np.uint32((state ^ value) * _FNV_PRIME)


@njit(cache=True, nogil=True)
def hash_bytes(data: np.ndarray) -> np.uint32:
    """fastText's hash of a word or an n-gram."""
    state = _FNV
    for byte in data:
        state = _hash_one(state, byte)
    return state


@njit(cache=True, nogil=True, inline="always")
def _add(hidden: np.ndarray, matrix: np.ndarray, row: int) -> None:
    for place in range(len(hidden)):
        hidden[place] += matrix[row, place]


class Words(NamedTuple):
    """The words of a model: open addressing by hash, spelling compared."""

    slots: np.ndarray  # int32[2^k]: word id + 1; 0 is free
    hashes: np.ndarray  # uint32[words]
    offsets: np.ndarray  # int64[words + 1] into spelling
    spelling: np.ndarray  # uint8
    row_offsets: np.ndarray  # int64[words + 1] into rows
    rows: np.ndarray  # int32: rows of the matrix that a word adds: its own, then those of its n-grams


class Net(NamedTuple):
    """The numbers of a model."""

    minn: int
    maxn: int
    buckets: int
    words: int
    word_ngrams: int
    end: int  # word id of the end of a line, -1 if it has none
    loss: int  # 1 hierarchical softmax, 2 negative sampling, 3 softmax, 4 one against all
    present: np.ndarray  # uint64[buckets / 64]: a bit for each bucket of n-grams that was not pruned, the lowest first;
    before: np.ndarray  # int32[buckets / 64]: and how many bits stand before; both empty if no bucket was pruned
    matrix: np.ndarray  # float32[words + buckets that are present, dim]
    output: np.ndarray  # float32[labels, dim]; of a tree, its inner nodes
    left: np.ndarray  # int32[2 labels - 1]: children in the tree, -1 at leaves; empty without a tree
    right: np.ndarray


HIERARCHICAL, NEGATIVE, SOFTMAX, ONE_VS_ALL = 1, 2, 3, 4


@njit(cache=True, nogil=True, inline="always")
def _ones(bits: np.uint64) -> int:
    """How many bits are set (Warren, Hacker's Delight, 5-1)."""
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True, inline="always")
def _row(bucket: int, present: np.ndarray, before: np.ndarray) -> int:
    below = (np.uint64(1) << at(bucket & 63)) - np.uint64(1)
    return int64(before[at(bucket >> 6)]) + _ones(present[at(bucket >> 6)] & below)


@njit(cache=True, nogil=True)
def _add_buckets(
    found: np.ndarray,
    count: int,
    words: int,
    present: np.ndarray,
    before: np.ndarray,
    matrix: np.ndarray,
    sums: np.ndarray,
    slot: int | np.uint32,
) -> None:
    """Add the vectors of buckets that are present to sums[slot]."""
    for number in range(count):
        row = _row(found[number], present, before) if len(present) else int64(found[number])
        for place in range(sums.shape[1]):
            sums[at(slot), at(place)] += matrix[at(words + row), at(place)]


@njit(cache=True, nogil=True)
def _ngrams(
    word: np.ndarray, size: int, minn: int, maxn: int, buckets: int, present: np.ndarray, found: np.ndarray
) -> int:
    """The buckets, of those present, of the character n-grams of `word[:size]` (with its `<` and `>`); how many.

    Nothing branches on what a bucket is: one in ten is present, and no predictor knows which.
    """
    divisor, inverse = np.uint64(buckets), np.uint64(0xFFFFFFFFFFFFFFFF) // np.uint64(buckets) + np.uint64(1)
    pruned = len(present) > 0
    count = 0
    first = 0
    while first < size:
        state = _FNV
        place = first
        for n in range(1, maxn + 1):
            if place >= size:
                break
            state = _hash_one(state, word[at(place)])
            place += 1
            while place < size and (word[at(place)] & 0xC0) == 0x80:
                state = _hash_one(state, word[at(place)])
                place += 1
            if n >= minn and not (n == 1 and (first == 0 or place == size)):
                # state % buckets without dividing (Lemire et al. 2019, "Faster remainder by direct computation"), with
                # 32 bits of the fraction, rounded up: exact for any 32-bit state and fewer than 2^31 buckets.
                fraction = (inverse * np.uint64(state)) >> np.uint64(32)
                row = int64(((fraction + np.uint64(1)) * divisor) >> np.uint64(32))
                found[at(count)] = row
                count += int64((present[at(row >> 6)] >> at(row & 63)) & np.uint64(1)) if pruned else 1
        first += 1
        while first < size and (word[at(first)] & 0xC0) == 0x80:
            first += 1
    return count


def subword_rows(word: np.ndarray, net: Net) -> np.ndarray:
    """int32: rows of the matrix for the character n-grams of a word with its `<` and `>`, in fastText's order."""
    found = np.empty(len(word) * max(net.maxn - max(net.minn, 1) + 1, 0), np.int32)
    count = _ngrams(word, len(word), net.minn, net.maxn, max(net.buckets, 1), net.present, found)
    return net.words + _rows(found[:count], net.present, net.before)


@njit(cache=True, nogil=True)
def _rows(buckets: np.ndarray, present: np.ndarray, before: np.ndarray) -> np.ndarray:
    out = buckets.copy()
    for number in range(len(buckets) if len(present) else 0):
        out[number] = _row(buckets[number], present, before)
    return out


@njit(cache=True, nogil=True)
def _word_ngrams(
    hashes: np.ndarray, count: int, longest: int, buckets: int, present: np.ndarray, found: np.ndarray
) -> int:
    """The buckets, of those present, of the n-grams of two and more words."""
    made = 0
    for first in range(count):
        state = np.uint64(int64(hashes[first]))
        for other in range(first + 1, min(count, first + longest)):
            state = state * _PAIR + np.uint64(int64(hashes[other]))
            row = int64(state % np.uint64(buckets))
            found[made] = row
            made += int64((present[row >> 6] >> np.uint64(row & 63)) & np.uint64(1)) if len(present) else 1
    return made


@njit(cache=True, nogil=True)
def _find(
    data: np.ndarray,
    start: int,
    end: int,
    state: np.uint32,
    slots: np.ndarray,
    hashes: np.ndarray,
    offsets: np.ndarray,
    spelling: np.ndarray,
) -> int:
    """The id of a word, -1 if the model does not have it."""
    mask = np.uint32(len(slots) - 1)
    slot = state & mask
    while slots[slot] != 0:
        found: int = slots[slot] - 1
        if hashes[found] == state and offsets[found + 1] - offsets[found] == end - start:
            same = True
            for place in range(end - start):
                if spelling[offsets[found] + place] != data[start + place]:
                    same = False
                    break
            if same:
                return found
        slot = (slot + np.uint32(1)) & mask
    return -1


@njit(cache=True, nogil=True)
def _is_label(data: np.ndarray, start: int, end: int) -> bool:
    """fastText takes such a token for a label, and leaves it out."""
    if end - start < len(_LABEL):
        return False
    for place in range(len(_LABEL)):
        if data[start + place] != _LABEL[place]:
            return False
    return True


@njit(cache=True, nogil=True, inline="always")
def _same(data: np.ndarray, start: int, end: int, other: int, size: int) -> bool:
    if size != end - start:
        return False
    for place in range(size):
        if data[at(start + place)] != data[at(other + place)]:
            return False
    return True


@njit(cache=True, nogil=True)
def _logistic(value: float) -> float:
    """fastText's table of it, with its coarseness."""
    if value < -_SIGMOID_MOST:
        return 0.0
    if value > _SIGMOID_MOST:
        return 1.0
    slot = int((value + _SIGMOID_MOST) * _SIGMOID_SLOTS / _SIGMOID_MOST / 2)
    return 1.0 / (1.0 + math.exp(-(slot * 2 * _SIGMOID_MOST / _SIGMOID_SLOTS - _SIGMOID_MOST)))


@njit(cache=True, nogil=True)
def _dot(output: np.ndarray, row: int, hidden: np.ndarray) -> np.float32:
    total = np.float32(0)
    for place in range(len(hidden)):
        total += output[at(row), at(place)] * hidden[at(place)]
    return total


@njit(cache=True, nogil=True)
def _probabilities(hidden: np.ndarray, net: Net, logs: np.ndarray, out: np.ndarray) -> None:
    """fastText's scores of all labels, its floor included. `logs` is scratch for the nodes of a tree."""
    labels = len(out)
    if net.loss == HIERARCHICAL:
        logs[2 * labels - 2] = 0.0
        for node in range(2 * labels - 2, labels - 1, -1):  # a parent is made after its children
            if logs[node] < _LEAST:
                logs[net.left[node]] = logs[net.right[node]] = logs[node]
                continue
            chosen = 1.0 / (1.0 + math.exp(-_dot(net.output, node - labels, hidden)))
            logs[net.left[node]] = logs[node] + math.log(1.0 - chosen + _FLOOR)
            logs[net.right[node]] = logs[node] + math.log(chosen + _FLOOR)
        for label in range(labels):
            out[label] = math.exp(logs[label]) if logs[label] >= _LEAST else 0.0
        return
    for label in range(labels):
        out[label] = _dot(net.output, label, hidden)
    if net.loss == SOFTMAX:
        most = out.max()
        total = 0.0
        for label in range(labels):
            out[label] = math.exp(out[label] - most)
            total += out[label]
        for label in range(labels):
            out[label] = out[label] / total + _FLOOR
    else:
        for label in range(labels):
            out[label] = _logistic(out[label]) + _FLOOR


class Scripts(NamedTuple):
    """Which labels a document may have: those that fit a script of it."""

    found: np.ndarray  # int16[rows, k]: numbers of its scripts; 0 is none
    fits: np.ndarray  # bool[scripts, labels]


_ANY = Scripts(np.empty((0, 0), np.int16), np.empty((0, 0), np.bool_))


def classify(
    data: np.ndarray,
    offsets: np.ndarray,
    labels: int,
    words: Words,
    net: Net,
    segment_chars: int,
    *,
    least_chars: int = 0,
    scripts: Scripts = _ANY,
) -> tuple[np.ndarray, np.ndarray]:
    """The two best labels of each document of valid UTF-8 `data` cut by `offsets` (int32[rows + 1]), and their scores.

    int32[rows, 2] of labels, -1 where there is none (a document without words, or without a label that fits its
    scripts), and float64[rows, 2]. Segments hold `segment_chars`; with `least_chars` those of short texts fewer.
    """
    least = least_chars or segment_chars
    return _classify(data, offsets, labels, words, net, segment_chars, least, scripts.found, scripts.fits)


@njit(cache=True, nogil=True)
def _segment(data: np.ndarray, start: int, end: int, most: int, least: int) -> int:
    """Code points of a segment of the text between two places: a tenth of it, between the two bounds."""
    if least >= most or end - start <= _SEGMENTS * least:
        return min(most, least)
    chars = 0
    for place in range(start, end):
        chars += (data[place] & 0xC0) != 0x80
    return min(most, max(least, chars // _SEGMENTS))


@njit(cache=True, nogil=True)
def _allowed(label: int, row: int, found: np.ndarray, fits: np.ndarray) -> bool:
    if len(found) == 0:
        return True
    for place in range(found.shape[1]):
        if found[row, place] > 0 and fits[found[row, place], label]:
            return True
    return False


@njit(cache=True, nogil=True)
def _classify(
    data: np.ndarray,
    offsets: np.ndarray,
    labels: int,
    words: Words,
    net: Net,
    segment_most: int,
    segment_least: int,
    scripts: np.ndarray,
    fits: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    rows = len(offsets) - 1
    found = np.full((rows, 2), -1, np.int32)
    scores = np.zeros((rows, 2), np.float64)
    longest = 0
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    word = np.empty(longest + 2, np.uint8)
    buckets = np.empty((longest + 2) * max(net.maxn - max(net.minn, 1) + 1, net.word_ngrams), np.int32)
    hashes = np.empty(longest // 2 + 2 if net.word_ngrams > 1 else 0, np.int32)
    dim = net.matrix.shape[1]
    hidden = np.empty(dim, np.float32)
    slots = 64
    while slots * 2 * dim * 4 <= _CACHE_BYTES:
        slots *= 2
    vectors = np.empty((slots, dim), np.float32)
    cached = np.zeros((slots, 3), np.int32)  # of the token whose vector that is: start, length (0: none), vectors in it
    logs = np.empty(2 * labels, np.float64)
    here, mean = np.empty(labels, np.float64), np.empty(labels, np.float64)
    word[0] = _OPEN
    # Arrays of the tuples once: each access counts a reference up and down, atomically.
    known_slots, known_hashes, spelling_offsets, spelling = words.slots, words.hashes, words.offsets, words.spelling
    row_offsets, rows_of = words.row_offsets, words.rows
    present, before, matrix, minn, maxn = net.present, net.before, net.matrix, net.minn, net.maxn
    together = hidden.reshape(1, dim)
    for row in range(rows):
        mean[:] = 0.0
        weight = 0
        place = int64(offsets[row])
        end = int64(offsets[row + 1])
        segment_chars = _segment(data, place, end, segment_most, segment_least)
        while place < end:
            hidden[:] = 0
            added, tokens, chars = 0, 0, 0
            while place < end:
                byte = data[at(place)]
                if byte == 32 or byte == 0 or (9 <= byte <= 13):
                    place += 1
                    if byte == 10 and chars >= segment_chars:
                        break
                    continue
                start = place
                state = _FNV
                while place < end:
                    byte = data[at(place)]
                    if byte == 32 or byte == 0 or (9 <= byte <= 13):
                        break
                    state = _hash_one(state, byte)
                    chars += (byte & 0xC0) != 0x80
                    place += 1
                slot = (state ^ (state >> np.uint32(15))) & np.uint32(slots - 1)
                if not _same(data, start, place, cached[at(slot), at(0)], cached[at(slot), at(1)]):
                    cached[slot, 0] = start
                    cached[slot, 1] = place - start
                    for d in range(dim):
                        vectors[slot, d] = 0
                    known = _find(data, start, place, state, known_slots, known_hashes, spelling_offsets, spelling)
                    if known >= 0:
                        for number in range(row_offsets[known], row_offsets[known + 1]):
                            for d in range(dim):
                                vectors[at(slot), at(d)] += matrix[at(rows_of[number]), at(d)]
                        cached[slot, 2] = row_offsets[known + 1] - row_offsets[known]
                    elif _is_label(data, start, place):
                        cached[slot, 2] = -1
                    else:
                        size = place - start
                        for step in range(size):
                            word[at(step + 1)] = data[at(start + step)]
                        word[size + 1] = _CLOSE
                        count = _ngrams(word, size + 2, minn, maxn, net.buckets, present, buckets)
                        _add_buckets(buckets, count, net.words, present, before, matrix, vectors, slot)
                        cached[slot, 2] = count
                count = cached[slot, 2]
                if count < 0:
                    continue
                for d in range(dim):
                    hidden[at(d)] += vectors[at(slot), at(d)]
                added += count
                if net.word_ngrams > 1:
                    hashes[tokens] = np.int32(state)
                tokens += 1
            if chars == 0:
                continue
            if net.end >= 0:
                _add(hidden, matrix, net.end)
                added += 1
            if net.word_ngrams > 1:
                hashes[tokens] = _END_HASH
                count = _word_ngrams(hashes, tokens + 1, net.word_ngrams, net.buckets, present, buckets)
                _add_buckets(buckets, count, net.words, present, before, matrix, together, 0)
                added += count
            if added:
                hidden *= np.float32(1.0 / added)
                _probabilities(hidden, net, logs, here)
                for label in range(labels):
                    mean[label] += chars * here[label]
            weight += chars
        if weight == 0:
            continue
        for rank in range(min(2, labels)):
            best = -1
            for label in range(labels):
                if mean[label] > 0 and (best < 0 or mean[label] > mean[best]) and _allowed(label, row, scripts, fits):
                    best = label
            if best >= 0:
                found[row, rank] = best
                scores[row, rank] = min(mean[best] / weight, 1.0)
                mean[best] = -1.0
    return found, scores
