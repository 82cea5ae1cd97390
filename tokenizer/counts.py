"""How often each pre-token occurs: all that byte-pair merges are learned from."""

from collections import Counter

import numpy as np
import pyarrow as pa

from tokenizer.pretokens import cutter


def count_pretokens(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray]:
    """Distinct pre-tokens of a batch (binary, UTF-8, sorted) and their counts (int64)."""
    cut = cutter()
    counts: Counter[str] = Counter()
    for text in texts.to_pylist():
        counts.update(piece for piece, _ in cut.pre_tokenize_str(text))
    pairs = sorted((word.encode(), count) for word, count in counts.items())
    words = pa.array([word for word, _ in pairs], pa.binary())
    return words, np.array([count for _, count in pairs], np.int64)
