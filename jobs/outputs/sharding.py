"""What stages that write the tokens of a release in shards have in common: which shards, and a few of them a task."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from corpus.shards.expected import Expected, expected
from corpus.shards.layout import Shard, plan_shards
from corpus.shards.tallies import Held, Pair
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.splits import SPLITS
from jobs.engine.job import Job

T = TypeVar("T")

_TOGETHER = 16  # files a task: most languages of a small corpus are a few kilobytes


def before(job: Job[Any]) -> tuple[Sequence[Held] | None, Sequence[Pair] | None]:
    """What splits hold out and what the mixture gives; None for a stage that the recipe does not ask for."""
    held = job.tally(SPLITS, Held) if job.has(SPLITS) else None
    return held, job.tally(MIX, Pair) if job.has(MIX) else None


def wanted(job: Job[Any]) -> Expected:
    """What is to be in shards."""
    return expected(job.built(ENCODE).tally(Pair), *before(job))


def shards(found: Expected, kind: pa.DataType, shard_bytes: int) -> list[Shard]:
    """Of all splits."""
    return [
        shard for split, tokens in found.tokens.items() for shard in plan_shards(tokens, kind, shard_bytes, split=split)
    ]


def groups(items: Sequence[T]) -> Mapping[int, tuple[T, ...]]:
    """What each task writes."""
    return {n: tuple(items[n * _TOGETHER : (n + 1) * _TOGETHER]) for n in range(-(-len(items) // _TOGETHER))}
