"""The learner's kernel: text as cells, for every pair the places where it stands, a heap of pairs.

A cell is a byte of a word: the token and the word. A token of several bytes has its id in its first and its last cell,
so that its neighbours are found by its length. The places of a pair are a run of one array, in order, some of them out
of date; what a merge changes is gathered by neighbour, so that the table of pairs is asked once for a neighbour and not
once for an occurrence. The order of the words decides nothing.
"""

import heapq

import numpy as np

from filters.jit import int64, njit

_FREE = np.uint64(0xFFFFFFFFFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_SLOTS = 1 << 17  # twice the 65,536 pairs of bytes


@njit(cache=True, nogil=True, inline="always")
def _pair(left: int, right: int) -> np.uint64:
    return np.uint64(left) << _HIGH | np.uint64(right)


@njit(cache=True, nogil=True, inline="always")
def _find(keys: np.ndarray, key: np.uint64) -> int:
    """The slot of a key, or the free slot where it belongs."""
    mask = int64(len(keys) - 1)
    mixed = key * _MIX
    slot = int64(mixed >> _HIGH) & mask
    while keys[slot] != key and keys[slot] != _FREE:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def _grown(keys: np.ndarray, pairs: np.ndarray, more: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Tables with room for `more` pairs; those that no longer occur are left behind."""
    living = int64(np.sum(pairs[:, 0] > 0))
    size = len(keys)
    while size < 3 * (living + more):
        size *= 2
    new_keys, new_pairs = np.full(size, _FREE, np.uint64), np.zeros((size, 3), np.int64)
    for slot in range(len(keys)):
        if pairs[slot, 0] > 0:
            place = _find(new_keys, keys[slot])
            new_keys[place], new_pairs[place] = keys[slot], pairs[slot]
    return new_keys, new_pairs, living


@njit(cache=True, nogil=True)
def _cells(data: np.ndarray, offsets: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """int32[bytes + 2, 2]: token and word; the first and the last belong to no word."""
    cells = np.full((offsets[-1] + 2, 2), -1, np.int32)
    for word in range(len(offsets) - 1):
        for place in range(offsets[word], offsets[word + 1]):
            cells[place + 1, 0], cells[place + 1, 1] = ids[data[place]], word
    return cells


@njit(cache=True, nogil=True)
def _first_places(cells: np.ndarray, word_counts: np.ndarray, places: np.ndarray) -> np.ndarray:
    """int64[65536, 3]: of each pair of bytes the count, where its run of `places` begins, and how long it is."""
    pairs = np.zeros((1 << 16, 3), np.int64)
    for place in range(1, len(cells) - 2):
        if cells[place, 1] == cells[place + 1, 1]:
            pair = cells[place, 0] << 8 | cells[place + 1, 0]
            pairs[pair, 0] += word_counts[cells[place, 1]]
            pairs[pair, 2] += 1
    pairs[1:, 1] = np.cumsum(pairs[:-1, 2])
    cursor = pairs[:, 1].copy()
    for place in range(1, len(cells) - 2):
        if cells[place, 1] == cells[place + 1, 1]:
            pair = cells[place, 0] << 8 | cells[place + 1, 0]
            places[cursor[pair]] = place
            cursor[pair] += 1
    return pairs


@njit(cache=True, nogil=True)
def learn(
    data: np.ndarray, offsets: np.ndarray, ids: np.ndarray, word_counts: np.ndarray, wanted: int, least: int
) -> list[tuple[int, int]]:
    """Merges up to `wanted` new tokens.

    Words are data[offsets[w]:offsets[w + 1]] (uint8, int64), `ids` int32[256] the tokens of bytes, `word_counts` int64
    and above 0.
    """
    cells = _cells(data, offsets, ids)
    # A merge of n occurrences takes n tokens away and adds at most 2 n places. Pages are taken when they are written.
    places = np.empty(3 * len(cells), np.int32)
    bytes_of = _first_places(cells, word_counts, places)
    end = bytes_of[-1, 1] + bytes_of[-1, 2]
    keys, pairs = np.full(_SLOTS, _FREE, np.uint64), np.zeros((_SLOTS, 3), np.int64)
    used = int64(0)
    heap = [(int64(0), np.uint64(0))]
    heap.pop()
    for pair in range(1 << 16):
        if bytes_of[pair, 0] > 0:
            key = _pair(pair >> 8, pair & 255)
            slot = _find(keys, key)
            keys[slot], pairs[slot] = key, bytes_of[pair]
            used += 1
            if bytes_of[pair, 0] >= least:
                heap.append((-bytes_of[pair, 0], key))
    heapq.heapify(heap)
    # A token is known by the hash of its bytes: 64 bits over at most a million tokens.
    spelling = np.empty(256 + wanted, np.uint64)
    sizes = np.ones(256 + wanted, np.int64)
    known = {np.uint64(0): int64(0)}
    for byte in range(256):
        spelling[byte] = np.uint64(byte + 1)
        known[_spell(spelling[byte], 1)] = int64(byte)
    tokens = 256
    # By neighbour, before (0) and after (1) an occurrence: how often, in how many places, where the next is written.
    gained = np.zeros((2, 256 + wanted, 3), np.int64)
    touched = np.empty((2, 256 + wanted), np.int32)
    found = np.empty((1 << 16, 3), np.int32)  # side, neighbour and place of what this merge brings about
    merges = [(int64(0), int64(0))]
    merges.pop()
    while tokens < 256 + wanted and len(heap) > 0:
        negative, key = heapq.heappop(heap)
        slot = _find(keys, key)
        count = pairs[slot, 0] if keys[slot] == key else int64(0)
        if count != -negative:
            if least <= count < -negative:
                heapq.heappush(heap, (-count, key))
            continue
        left, right = int64(key >> _HIGH), int64(key & _LOW)
        joined = spelling[left] * _power(sizes[right]) + spelling[right]
        identity = _spell(joined, sizes[left] + sizes[right])
        if identity in known:
            merged = known[identity]
        else:
            merged = int64(tokens)
            spelling[tokens], sizes[tokens] = joined, sizes[left] + sizes[right]
            known[identity] = merged
            tokens += 1
        merges.append((left, right))
        run = places[pairs[slot, 1] : pairs[slot, 1] + pairs[slot, 2]]
        pairs[slot] = 0
        if len(found) < 2 * len(run):
            found = np.empty((2 * len(run), 3), np.int32)
        news = 0
        number = np.zeros(2, np.int64)
        to_right, to_end = sizes[left], sizes[merged]
        for place in run:
            word = cells[place, 1]
            second = place + to_right
            if cells[place, 0] != left or cells[second, 0] != right or cells[second, 1] != word:
                continue
            weight = word_counts[word]
            for side in range(2):
                at = place - 1 if side == 0 else place + to_end
                if cells[at, 1] != word:
                    continue
                outer = cells[at, 0]
                if gained[side, outer, 1] == 0:
                    touched[side, number[side]] = outer
                    number[side] += 1
                gained[side, outer, 0] += weight
                gained[side, outer, 1] += 1
                found[news, 0], found[news, 1] = side, outer
                found[news, 2] = place - sizes[outer] if side == 0 else place
                news += 1
            cells[second, 0] = -1  # no longer the first cell of a token
            cells[place, 0] = merged
            cells[place + to_end - 1, 0] = merged
        if len(places) < end + news:
            places = _longer(places, end + news)
        for side in range(2):
            for outer in touched[side, : number[side]]:
                gained[side, outer, 2] = end
                end += gained[side, outer, 1]
        for new in range(news):
            side, outer = found[new, 0], found[new, 1]
            places[gained[side, outer, 2]] = found[new, 2]
            gained[side, outer, 2] += 1
        more = number[0] + number[1]
        if 2 * (used + more) > len(keys):
            keys, pairs, used = _grown(keys, pairs, more)
        # After before before: where two occurrences touched, the second takes back what the first has given.
        for side in range(1, -1, -1):
            for outer in touched[side, : number[side]]:
                weight, size = gained[side, outer, 0], gained[side, outer, 1]
                gone = _pair(right, outer) if side else _pair(outer, left)
                slot = _find(keys, gone)
                if keys[slot] == gone and gone != key:
                    pairs[slot, 0] -= weight
                made = _pair(merged, outer) if side else _pair(outer, merged)
                slot = _find(keys, made)
                start = gained[side, outer, 2] - size
                if keys[slot] == _FREE:
                    keys[slot] = made
                    used += 1
                elif pairs[slot, 2] > 0:  # known before: the id is an older token's
                    old = places[pairs[slot, 1] : pairs[slot, 1] + pairs[slot, 2]]
                    both = np.sort(np.concatenate((old, places[start : start + size])))
                    if len(places) < end + len(both):
                        places = _longer(places, end + len(both))
                    start, size = end, len(both)
                    end += size
                    for i in range(size):
                        places[start + i] = both[i]
                pairs[slot, 0] += weight
                pairs[slot, 1], pairs[slot, 2] = start, size
                if pairs[slot, 0] >= least:
                    heapq.heappush(heap, (-pairs[slot, 0], made))
                gained[side, outer] = 0
    return merges


@njit(cache=True, nogil=True)
def _longer(places: np.ndarray, needed: int) -> np.ndarray:
    out = np.empty(needed + needed // 4, np.int32)
    for i in range(len(places)):
        out[i] = places[i]
    return out


@njit(cache=True, nogil=True)
def _power(exponent: int) -> np.uint64:
    """_MIX^exponent mod 2^64 by squaring."""
    result, base = np.uint64(1), _MIX
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@njit(cache=True, nogil=True)
def _spell(value: np.uint64, length: int) -> np.uint64:
    mixed = (value ^ np.uint64(length) << np.uint64(48)) * _MIX
    return mixed ^ (mixed >> np.uint64(29))
