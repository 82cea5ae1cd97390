"""Batches as tensors, resumable from one integer.

The one module that imports torch: `pip install 'gristmill[loader]'`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from corpus.errors import RecipeError
from corpus.loader.dataset import TokenDataset
from corpus.loader.order import RankOrder


def collate(samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`input_ids` and `labels`: int64[batch, tokens]. `cu_seqlens`: int32[documents + 1], bounds of the documents in
    the batch as one row of batch x tokens, and `max_seqlen`, the longest of them, as variable-length attention takes
    them. `sample`: int64[batch].
    """
    lengths = np.concatenate([one["seq_lengths"] for one in samples])
    return {
        "input_ids": torch.from_numpy(np.stack([one["input_ids"] for one in samples])),
        "labels": torch.from_numpy(np.stack([one["labels"] for one in samples])),
        "cu_seqlens": torch.from_numpy(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)),
        "max_seqlen": int(lengths.max()),
        "sample": torch.tensor([one["sample"] for one in samples]),
    }


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
        """`samples`: of the whole run and all ranks; without it the loader has no end."""
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
        for batch in DataLoader(self.dataset, batch_sampler=order, num_workers=self.workers, collate_fn=collate):
            self.consumed += self.batch_size * self.world_size
            yield batch

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
