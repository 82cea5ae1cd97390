"""Byte-level BPE learned from word counts (Sennrich et al. 2016), the same merges whatever the cores.

The merges are those of HF `tokenizers`: the most frequent pair first, of equal ones the pair with the smaller ids; ids
of bytes in the order of their symbols. Counts are 64-bit throughout (theirs overflowed at 4 G, tokenizers#437).
"""

import numpy as np
import pyarrow as pa

from filters.arrow import Array
from filters.kernels.buffers import buffers
from tokenizer.merging import learn
from tokenizer.pretokens import byte_symbols


def symbol_ids() -> np.ndarray:
    """int32[256]: the id of each byte, by the order of the bytes' symbols."""
    symbols = byte_symbols()
    order = sorted(range(256), key=lambda byte: symbols[byte])
    ids = np.empty(256, np.int32)
    ids[order] = np.arange(256)
    return ids


def learn_merges(words: Array, counts: np.ndarray, merges: int, min_pair_count: int = 2) -> list[tuple[int, int]]:
    """The first merges as pairs of ids: bytes are 0..255 (`symbol_ids`), the n-th new token is 256 + n.

    `words` (binary, distinct, in any order), `counts` int64. Fewer merges come back if no pair is left that occurs
    `min_pair_count` times. Merges that spell a token that is there already reuse its id, so there may be more merges
    than new tokens; learning stops at `merges` new tokens. Takes up to 30 bytes of memory for each byte of the words,
    and 20 to 40 for each distinct pair.

    Raises ValueError for words of 2^31 bytes or more in all: count fewer.
    """
    kept = counts > 0
    words = words.filter(pa.array(kept)).cast(pa.large_binary())
    data, offsets = buffers(words)
    size = int(offsets[-1] - offsets[0])
    if size >= 1 << 31:
        raise ValueError(f"{size:,} bytes of distinct words are too many to learn from: the bound is 2^31")
    if not size:
        return []
    found = learn(
        data[offsets[0] : offsets[-1]],
        offsets - offsets[0],
        symbol_ids(),
        counts[kept].astype(np.int64),
        merges,
        min_pair_count,
    )
    return [(int(left), int(right)) for left, right in found]
