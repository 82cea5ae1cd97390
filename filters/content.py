"""What a text says, whatever its case, punctuation, white space and variant forms: the key of exact duplicates."""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from filters.arrow import schema
from filters.batch import Batch
from filters.kernels.minhash import content_keys
from filters.rules import Rule

NO_TEXT = b"\0" * 16  # key of a text of no bytes, which is never a duplicate
_WORDLESS = b"no words"  # parts these digests from all others of BLAKE2b here (RFC 7693, section 2.5)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A 128-bit digest of the sequence of words of the folded text (`filters.normal`).

    Digits, marks and the order of words matter: two pages that differ in a price are not one. A text without words
    (Braille, emoji, symbols) has the digest of its bytes: nothing in it is known to be of no matter.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 4
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("key", pa.binary(16), nullable=False),  # NO_TEXT for an empty text
            pa.field("words", pa.int32(), nullable=False),
            pa.field("capitals", pa.bool_(), nullable=False),  # more of them than of other letters
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    def measure(self, batch: Batch) -> pa.RecordBatch:
        folded = batch.folded
        found = content_keys(folded.word_hash, folded.word_offsets).astype(">u8").view(np.uint8).reshape(-1, 16)
        for row in np.flatnonzero(folded.words == 0).tolist():
            found[row] = np.frombuffer(_of_bytes(batch.text[row].as_buffer()), np.uint8)
        keys = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), batch.rows, [None, pa.py_buffer(found.tobytes())])
        return pa.RecordBatch.from_arrays(
            [keys, pa.array(folded.words), pa.array(batch.index.shouted)], schema=self.signals
        )


def _of_bytes(text: pa.Buffer | None) -> bytes:
    if text is None or not text.size:
        return NO_TEXT
    return hashlib.blake2b(text, digest_size=16, person=_WORDLESS).digest()
