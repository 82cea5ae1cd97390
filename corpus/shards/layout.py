"""Which shards there are: from how many tokens each language has, and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards.splits import TRAIN

_SPAN = 1 << 64  # of order keys
_UINT16_BELOW = 65_500  # Megatron's own limit (formats.md 5.1): ids of a vocabulary smaller than this take 16 bits


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A range of order keys, first..last inclusive, of one language, or of all (language "")."""

    kind: str  # "arrow" or "megatron"
    name: str  # file name without what follows the shard's number of its count
    language: str
    first: int
    last: int
    split: str = ""  # "" where nothing is held out

    @property
    def table(self) -> str:
        """The folder below the stage's: an Arrow folder holds one split."""
        return f"arrow/{self.split}" if self.kind == "arrow" and self.split else self.kind


def token_type(vocab_size: int) -> pa.DataType:
    """uint16 where Megatron, NeoX and Megatron-DeepSpeed take 16 bits, else int32."""
    return pa.uint16() if vocab_size < _UINT16_BELOW else pa.int32()


def item_bytes(kind: pa.DataType) -> int:
    return int(np.dtype(kind.to_pandas_dtype()).itemsize)


def plan_shards(tokens: Mapping[str, int], kind: pa.DataType, shard_bytes: int, *, split: str = "") -> list[Shard]:
    """Shards of about `shard_bytes` of tokens for token counts by language: Megatron's by language, then Arrow's."""
    shards = []
    stem = f"{split}-" if split not in ("", TRAIN) else ""
    for language, count in sorted(tokens.items()):
        if count:
            shards += _ranges("megatron", f"{stem}{language}-", language, count * item_bytes(kind), shard_bytes, split)
    total = sum(tokens.values())
    return shards + _ranges("arrow", "data-", "", total * item_bytes(kind), shard_bytes, split)


def _ranges(kind: str, stem: str, language: str, size: int, shard_bytes: int, split: str) -> list[Shard]:
    count = max(1, -(-size // shard_bytes))
    return [
        Shard(
            kind=kind,
            name=f"{stem}{i:05d}-of-{count:05d}",
            language=language,
            first=_SPAN * i // count,
            last=_SPAN * (i + 1) // count - 1,
            split=split,
        )
        for i in range(count)
    ]
