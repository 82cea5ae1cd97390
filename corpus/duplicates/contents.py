"""Content keys as they are sorted: binary(16) in two signed halves."""

import numpy as np
import pyarrow as pa

from filters.arrow import Array, binaries


def split(keys: Array) -> tuple[np.ndarray, np.ndarray]:
    """The two big-endian int64 halves of binary(16) keys: sorted as the bytes are, but for the sign."""
    halves = np.frombuffer(b"".join(binaries(keys)), ">i8").reshape(-1, 2)
    return halves[:, 0].astype(np.int64), halves[:, 1].astype(np.int64)


def join(high: np.ndarray, low: np.ndarray) -> Array:
    """The binary(16) keys of two halves."""
    data = np.stack([high, low], axis=1).astype(">i8").tobytes()
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(high), [None, pa.py_buffer(data)])
