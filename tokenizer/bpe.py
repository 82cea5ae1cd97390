"""Byte-level BPE learned from word counts (Sennrich et al. 2016), the same merges whatever the cores.

The merges are those of HF `tokenizers`: the most frequent pair first, of equal ones the pair with the smaller ids; ids
of bytes in the order of their symbols. Counts are 64-bit throughout (theirs overflowed at 4 G, tokenizers#437). The
kernel keeps words as linked lists of symbols, the places of every pair, and a heap whose stale entries are corrected
when they surface.
"""

import heapq

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from tokenizer.pretokens import byte_symbols

_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def symbol_ids() -> np.ndarray:
    """int32[256]: the id of each byte, by the order of the bytes' symbols."""
    symbols = byte_symbols()
    order = sorted(range(256), key=lambda byte: symbols[byte])
    ids = np.empty(256, np.int32)
    ids[order] = np.arange(256)
    return ids


def learn_merges(words: pa.Array, counts: np.ndarray, merges: int, min_pair_count: int = 2) -> list[tuple[int, int]]:
    """The first merges as pairs of ids: bytes are 0..255 (`symbol_ids`), the n-th new token is 256 + n.

    `words` (binary, distinct, in any order), `counts` int64. Fewer merges come back if no pair is left that occurs
    `min_pair_count` times. Merges that spell a token that is there already reuse its id, so there may be more merges
    than new tokens; learning stops at `merges` new tokens.
    """
    order = np.array(pc.sort_indices(words))
    words = words.take(pa.array(order)).cast(pa.large_binary())
    offsets = np.frombuffer(words.buffers()[1], np.int64)[: len(words) + 1]
    data = np.frombuffer(words.buffers()[2] or b"", np.uint8)
    symbols = symbol_ids()[data[offsets[0] : offsets[-1]]]
    pairs = _learn(symbols, offsets - offsets[0], counts[order].astype(np.int64), merges, min_pair_count)
    return [(int(a), int(b)) for a, b in pairs]


@njit(cache=True, nogil=True)
def _find(keys: np.ndarray, key: np.uint64) -> int:
    """The slot of a key, or the empty slot where it belongs."""
    mask = np.uint64(len(keys) - 1)
    mixed = key * _MIX
    slot = (mixed ^ (mixed >> np.uint64(32))) & mask
    while keys[slot] != key and keys[slot] != _EMPTY:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@njit(cache=True, nogil=True)
def _grown(keys: np.ndarray, counts: np.ndarray, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tables of twice the size; pairs that no longer occur are left behind."""
    new_keys = np.full(2 * len(keys), _EMPTY, np.uint64)
    new_counts, new_heads = np.zeros(2 * len(keys), np.int64), np.full(2 * len(keys), -1, np.int64)
    for slot in range(len(keys)):
        if keys[slot] != _EMPTY and counts[slot] > 0:
            place = _find(new_keys, keys[slot])
            new_keys[place], new_counts[place], new_heads[place] = keys[slot], counts[slot], heads[slot]
    return new_keys, new_counts, new_heads


@njit(cache=True, nogil=True)
def _learn(
    symbols: np.ndarray, offsets: np.ndarray, word_counts: np.ndarray, wanted: int, least: int
) -> list[tuple[int, int]]:
    size = len(symbols)
    following = np.arange(1, size + 1).astype(np.int64)
    previous = np.arange(-1, size - 1).astype(np.int64)
    weight = np.empty(size, np.int64)
    for word in range(len(word_counts)):
        if offsets[word + 1] > offsets[word]:
            previous[offsets[word]] = -1
            following[offsets[word + 1] - 1] = -1
            weight[offsets[word] : offsets[word + 1]] = word_counts[word]
    # Every occurrence of a pair is a node of its list; a merge of n occurrences makes at most 2 n new ones and takes n
    # symbols away, so there are at most 3 nodes for a symbol.
    node_place, node_next = np.empty(3 * size + 1, np.int64), np.empty(3 * size + 1, np.int64)
    nodes = 0
    keys = np.full(1 << 16, _EMPTY, np.uint64)
    counts, heads = np.zeros(1 << 16, np.int64), np.full(1 << 16, -1, np.int64)
    used = 0
    for place in range(size):
        if following[place] < 0:
            continue
        key = np.uint64(symbols[place]) << np.uint64(32) | np.uint64(symbols[following[place]])
        slot = _find(keys, key)
        if keys[slot] == _EMPTY:
            keys[slot] = key
            used += 1
        counts[slot] += weight[place]
        node_place[nodes], node_next[nodes] = place, heads[slot]
        heads[slot] = nodes
        nodes += 1
        if 2 * used > len(keys):
            keys, counts, heads = _grown(keys, counts, heads)
    heap = [(np.int64(0), np.uint64(0))]
    heap.pop()
    for slot in range(len(keys)):
        if keys[slot] != _EMPTY and counts[slot] >= least:
            heap.append((-counts[slot], keys[slot]))
    heapq.heapify(heap)
    # A token is known by the hash of its bytes: 64 bits over at most a million tokens.
    spelling = np.empty(256 + wanted, np.uint64)
    length = np.ones(256 + wanted, np.int64)
    known = {np.uint64(0): np.int64(0)}
    for byte in range(256):
        spelling[byte] = np.uint64(byte + 1)
        known[_spell(spelling[byte], 1)] = np.int64(byte)
    tokens = 256
    merges = [(np.int64(0), np.int64(0))]
    merges.pop()
    touched = [np.uint64(0)]
    while tokens < 256 + wanted and len(heap) > 0:
        negative, key = heapq.heappop(heap)
        slot = _find(keys, key)
        count = counts[slot] if keys[slot] == key else np.int64(0)
        if count != -negative:
            if least <= count < -negative:
                heapq.heappush(heap, (-count, key))
            continue
        left, right = np.int64(key >> np.uint64(32)), np.int64(key & np.uint64(0xFFFFFFFF))
        joined = spelling[left] * _power(length[right]) + spelling[right]
        identity = _spell(joined, length[left] + length[right])
        if identity in known:
            merged = known[identity]
        else:
            merged = np.int64(tokens)
            spelling[tokens], length[tokens] = joined, length[left] + length[right]
            known[identity] = merged
            tokens += 1
        merges.append((left, right))
        places = _places(heads[slot], node_place, node_next)
        counts[slot], heads[slot] = 0, -1
        touched.clear()
        for place in places:
            second = following[place]
            if symbols[place] != left or second < 0 or symbols[second] != right:
                continue
            before, after = previous[place], following[second]
            for side in range(2):
                outer = before if side == 0 else after
                if outer < 0:
                    continue
                if side == 0:
                    old = np.uint64(symbols[outer]) << np.uint64(32) | np.uint64(left)
                    new = np.uint64(symbols[outer]) << np.uint64(32) | np.uint64(merged)
                else:
                    old = np.uint64(right) << np.uint64(32) | np.uint64(symbols[outer])
                    new = np.uint64(merged) << np.uint64(32) | np.uint64(symbols[outer])
                old_slot = _find(keys, old)
                if keys[old_slot] == old and old != key:
                    counts[old_slot] -= weight[place]
                new_slot = _find(keys, new)
                if keys[new_slot] == _EMPTY:
                    keys[new_slot] = new
                    used += 1
                counts[new_slot] += weight[place]
                if nodes == len(node_place):
                    node_place, node_next = _doubled(node_place), _doubled(node_next)
                node_place[nodes], node_next[nodes] = (outer if side == 0 else place), heads[new_slot]
                heads[new_slot] = nodes
                nodes += 1
                touched.append(new)
                if 2 * used > len(keys):
                    keys, counts, heads = _grown(keys, counts, heads)
                    used = np.sum(keys != _EMPTY)
            symbols[place] = merged
            symbols[second] = -1
            following[place] = after
            if after >= 0:
                previous[after] = place
        for new in sorted(set(touched)):
            slot = _find(keys, new)
            if keys[slot] == new and counts[slot] >= least:
                heapq.heappush(heap, (-counts[slot], new))
    return merges


@njit(cache=True, nogil=True)
def _doubled(values: np.ndarray) -> np.ndarray:
    out = np.empty(2 * len(values), values.dtype)
    out[: len(values)] = values
    return out


@njit(cache=True, nogil=True)
def _places(node: int, node_place: np.ndarray, node_next: np.ndarray) -> np.ndarray:
    """The places of a pair in order, so that overlapping ones (aaa) merge from the left."""
    count = 0
    at = node
    while at >= 0:
        count += 1
        at = node_next[at]
    out = np.empty(count, np.int64)
    at = node
    for position in range(count):
        out[position] = node_place[at]
        at = node_next[at]
    return np.sort(out)


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
