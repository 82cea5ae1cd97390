"""The [shards] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Interval

from corpus.shards.pack import PACKINGS
from corpus.shards.prompted import KINDS
from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Shards:
    """The [shards] table: what trainers are given."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    shard_bytes: Annotated[int, Ge(1 << 10)] = 500_000_000
    """Bytes of a shard file that is aimed at: what `datasets` itself uses."""
    prompted: tuple[KINDS, ...] = ("pairs", "labels")
    """What Megatron shards of prompts have beside the text: "pairs" of inputs and targets for Megatron-DeepSpeed,
    "labels" for GPT-NeoX."""
    packing: PACKINGS = "documents"
    """Rows of the Arrow shards: a document each, or sequences packed by best fit or end to end. Megatron packs by
    itself."""
    sequence_length: Annotated[int, Interval(ge=2, le=1 << 20)] = 2048
    """Tokens of a packed row; a million is the longest context that is trained."""
