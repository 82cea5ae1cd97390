"""What a text says, whatever its case, punctuation, white space and variant forms: the key of exact duplicates."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from filters.arrow import schema
from filters.batch import Batch
from filters.kernels.minhash import content_keys
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A 128-bit digest of the sequence of words of the folded text (`filters.normal`).

    Digits, marks and the order of words matter: two pages that differ in a price are not one.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 3
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("key", pa.binary(16), nullable=False),  # 16 zero bytes without words: never a duplicate
            pa.field("words", pa.int32(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    def measure(self, batch: Batch) -> pa.RecordBatch:
        folded = batch.folded
        data = pa.py_buffer(content_keys(folded.word_hash, folded.word_offsets).astype(">u8").tobytes())
        keys = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), batch.rows, [None, data])
        return pa.RecordBatch.from_arrays([keys, pa.array(folded.words)], schema=self.signals)
