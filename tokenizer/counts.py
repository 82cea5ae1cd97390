"""How often each pre-token occurs: all that byte-pair merges are learned from.

`regex` cuts three times as fast as the pre-tokenizer of `tokenizers`, with the same pieces; that one is its oracle.
"""

from collections import Counter
from functools import cache

import numpy as np
import pyarrow as pa
import regex

from tokenizer.pretokens import PATTERN


@cache
def _pattern() -> "regex.Pattern[str]":
    return regex.compile(PATTERN)


def count_pretokens(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray]:
    """Distinct pre-tokens of a batch (binary, UTF-8, sorted) and their counts (int64)."""
    find = _pattern().findall
    counts: Counter[str] = Counter()
    for text in texts.to_pylist():
        counts.update(find(text))
    pairs = sorted((word.encode(), count) for word, count in counts.items())
    words = pa.array([word for word, _ in pairs], pa.binary())
    return words, np.array([count for _, count in pairs], np.int64)
