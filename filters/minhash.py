"""MinHash signatures (Broder 1997): measured once, good for any banding."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Ge, Interval

from filters.arrow import schema
from filters.batch import Batch
from filters.kernels.minhash import coefficients, signatures
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Signatures over shingles of words of the folded text (`filters.kernels.minhash`, `filters.normal`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 4
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field(
                "signature", pa.binary(), nullable=False
            ),  # little-endian uint32[permutations]; empty without words
            pa.field("shingles", pa.int32(), nullable=False),  # with repetition; 0 without words
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    permutations: Annotated[int, Interval(ge=1, le=4096)] = 126
    """Values in a signature: 21 bands of 6, see [dedup] bands."""
    ngram: Annotated[int, Interval(ge=1, le=1000)] = 5
    """Words of a shingle."""
    seed: Annotated[int, Ge(0)] = 1
    """Integer that the hash functions follow from."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.folded  # as content keys are: copies of one content have one signature
        a, b = coefficients(self.permutations, self.seed)
        values, shingles = signatures(index.word_hash, index.word_offsets, self.ngram, a, b)
        lengths = np.where(shingles > 0, 4 * self.permutations, 0)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        data = pa.py_buffer(values[shingles > 0].astype("<u4").tobytes())
        column = pa.BinaryArray.from_buffers(pa.binary(), batch.rows, [None, pa.py_buffer(offsets.tobytes()), data])
        return pa.RecordBatch.from_arrays([column, pa.array(shingles)], schema=self.signals)
