"""Tokenizers, both ways, as views need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from tokenizer.decode import Decoder
from tokenizer.encode import Encoder


@dataclass(frozen=True, kw_only=True)
class Slow:
    """By `tokenizers` alone."""

    decoder: Decoder

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [np.array(self.decoder.encode(text), np.int64) for text in texts]

    def decode(self, ids: Sequence[np.ndarray]) -> list[str]:
        return [self.decoder.decode(one) for one in ids]


@dataclass(frozen=True, kw_only=True)
class Fast:
    """As the corpus is encoded; decoded by `tokenizers`."""

    encoder: Encoder

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        ids, offsets = self.encoder.encode(pa.array(texts, pa.string()))
        return np.split(ids, offsets[1:-1]) if texts else []

    def decode(self, ids: Sequence[np.ndarray]) -> list[str]:
        decoder = _decoder(self.encoder.path, self.encoder.digest)
        return [decoder.decode(one) for one in ids]


@cache
def _decoder(path: str, digest: str) -> Decoder:  # noqa: ARG001  (what lies there later is another)
    return Decoder(Path(path).read_bytes())
