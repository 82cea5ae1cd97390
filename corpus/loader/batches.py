"""Batches as tensors, resumable from one integer.

The one module that imports torch: `pip install 'gristmill[loader]'`.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from corpus.errors import RecipeError
from corpus.loader.dataset import TokenDataset
from corpus.loader.order import RankOrder
from corpus.loader.rows import Rows

_GROUP = 1 << 18  # tokens that a worker hands over at a time, half a megabyte: a message takes a tenth of a millisecond


def tensors(rows: Rows) -> dict[str, Any]:
    """`input_ids` and `labels`: int64[batch, tokens]. `cu_seqlens`: int32[documents + 1], bounds of the documents in
    the batch as one row of batch x tokens, and `max_seqlen`, the longest of them, as variable-length attention takes
    them. `sample`: int64[batch]. Of a view `prefix_lengths`: int32[documents], how many tokens at the head of each are
    inputs, which may see each other whatever their order.
    """
    own = {} if rows.prefixes is None else {"prefix_lengths": torch.from_numpy(rows.prefixes.astype(np.int32))}
    return {
        "input_ids": torch.from_numpy(rows.input_ids),
        "labels": torch.from_numpy(rows.labels),
        "cu_seqlens": torch.from_numpy(np.concatenate([[0], np.cumsum(rows.lengths)]).astype(np.int32)),
        "max_seqlen": int(rows.lengths.max()),
        "sample": torch.tensor(rows.numbers),
        **own,
    }


class _Groups(Dataset):  # type: ignore[misc]  # torch has no types here
    """Groups of batches by the numbers of their samples. A worker hands a group over as it lies in the shards: as
    tensors each batch would be five files of shared memory with eight times the bytes, which cost more than all that a
    worker does, and so does a message a batch."""

    def __init__(self, dataset: TokenDataset) -> None:
        self._dataset = dataset

    def __getitem__(self, group: Sequence[Sequence[int]]) -> list[Rows]:
        return [self._dataset.rows(samples) for samples in group]


def _grouped(order: Iterable[list[int]], size: int) -> Iterator[list[list[int]]]:
    left = iter(order)
    while group := list(islice(left, size)):
        yield group


def _as_it_is(group: list[Rows]) -> list[Rows]:
    """In place of torch's own, which would turn arrays into tensors in the worker."""
    return group


class TokenLoader:
    """Iterates the batches of one rank. `consumed` counts samples of all ranks, those of the batch at hand included.

    It is counted where batches are handed over, so what workers have read ahead is read again after a resume. Each
    `iter()` goes on from `consumed`, which may be set: it is all of the state that changes.
    """

    def __init__(
        self,
        dataset: TokenDataset,
        *,
        batch_size: int,
        rank: int = 0,
        world_size: int = 1,
        samples: int | None = None,
        workers: int = 0,
    ) -> None:
        """`samples`: of the whole run and all ranks; without it the loader has no end. What is left of them at the end
        and is no batch for every rank is not read, and warned of."""
        if not 0 <= rank < world_size or batch_size < 1:
            raise RecipeError(
                f"rank {rank} of {world_size}, batch_size {batch_size}: ranks count from 0, batches hold 1+"
            )
        self.dataset, self.batch_size, self.rank, self.world_size = dataset, batch_size, rank, world_size
        self.samples, self.workers, self.consumed = samples, workers, 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        order = RankOrder(
            batch_size=self.batch_size,
            rank=self.rank,
            world_size=self.world_size,
            consumed=self.consumed,
            samples=self.samples,
        )
        left = order.left_out
        if left:
            warnings.warn(
                f"the last {left} of {self.samples} samples are not read: make samples a multiple of batch_size x "
                f"world_size, {self.batch_size * self.world_size}",
                stacklevel=2,
            )
        size = max(1, _GROUP // (self.batch_size * self.dataset.tokens)) if self.workers else 1
        # Without batches of its own torch's loader takes each item of its sampler as it is.
        groups = DataLoader(
            _Groups(self.dataset),
            batch_size=None,
            sampler=_grouped(order, size),
            num_workers=self.workers,
            collate_fn=_as_it_is,
        )
        for rows in chain.from_iterable(groups):
            self.consumed += self.batch_size * self.world_size
            yield tensors(rows)

    def state_dict(self) -> dict[str, Any]:
        return {"consumed": self.consumed, "order": self.dataset.order}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Raises RecipeError for a state of another order: samples would be read twice or never."""
        if state["order"] != self.dataset.order:
            raise RecipeError(
                f"the state is of order {state['order']}, this dataset of {self.dataset.order}: open the same release "
                "with the same sequence_length, seed, weights and split"
            )
        self.consumed = int(state["consumed"])
