"""Arrow strings as a kernel takes them."""

import numpy as np
import pyarrow as pa

from filters.arrow import Array, view


def buffers(texts: Array) -> tuple[np.ndarray, np.ndarray]:
    """Bytes (uint8) and offsets (int32[rows + 1], of large types int64) of strings or binary, without a copy.

    Of a slice the bytes are those of the whole array, and the first offset is where the slice begins in them.
    """
    large = pa.types.is_large_string(texts.type) or pa.types.is_large_binary(texts.type)
    kind = np.dtype(np.int64 if large else np.int32)
    if not len(texts):  # Arrow allows an empty array to have no offsets at all
        return np.empty(0, np.uint8), np.zeros(1, kind)
    _, offsets, data = texts.buffers()
    return view(data, np.uint8), view(offsets, kind, len(texts) + 1, texts.offset * kind.itemsize)
