"""The shuffled samples of one prefix (megatron/core/datasets/gpt_dataset.py, helpers.cpp build_sample_idx)."""

from dataclasses import dataclass

import numpy as np

from corpus.errors import RecipeError

_FINAL_EPOCH = 0.80  # Megatron's: a last epoch of which less is used is shuffled apart from the others


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Tokens first..last-1 of a document of the prefix."""

    document: int
    first: int
    last: int


class GptSamples:
    """Sample i of a prefix: `sequence_length` + 1 tokens of the shuffled documents end to end.

    The last token of a sample is the first of the next, and the last partial sample is left out.
    Holds 12 bytes a document and epoch and 4 a sample, as Megatron does.
    """

    def __init__(
        self, lengths: np.ndarray, documents: np.ndarray, samples: int | None, *, sequence_length: int, seed: int
    ) -> None:
        """`lengths`: tokens of each document of the prefix; `documents`: int32 numbers of those in the split;
        `samples`: how many are asked for, None for one epoch. Raises RecipeError if they do not hold one sample."""
        self.sequence_length = sequence_length
        epoch_tokens = int(lengths[documents].sum(dtype=np.int64))
        if epoch_tokens <= sequence_length:
            raise RecipeError(
                f"the split holds {epoch_tokens} tokens, fewer than one sample of {sequence_length} + 1: "
                "give another --split or --sequence-length"
            )
        epochs = epochs_for(epoch_tokens, samples, sequence_length)
        without_last = ((epochs - 1) * epoch_tokens - 1) // sequence_length
        in_epoch = (epoch_tokens - 1) // sequence_length
        apart = samples is not None and epochs > 1 and samples - without_last < int(_FINAL_EPOCH * in_epoch)
        chance = np.random.RandomState(seed)  # Megatron's generator: its order is wanted
        self.document_index = _document_index(documents, epochs, chance, apart=apart)
        self._ends = np.cumsum(lengths[self.document_index], dtype=np.int64)
        total = (epochs * epoch_tokens - 1) // sequence_length
        self.shuffle_index = _shuffle_index(without_last if apart else total, total, chance)

    def __len__(self) -> int:
        return len(self.shuffle_index)

    def sample_index(self, samples: np.ndarray) -> np.ndarray:
        """int64[n, 2], before shuffling: place in `document_index` and token in that document where a sample begins.

        Megatron walks through all documents for it; the place of token i x S is a binary search in their ends.
        """
        tokens = samples.astype(np.int64) * self.sequence_length
        places = np.searchsorted(self._ends, tokens, side="right")
        begins = np.where(places > 0, self._ends[places - 1], 0)
        return np.stack([places, tokens - begins], axis=1)

    def samples_of(self, document: int) -> np.ndarray:
        """Positions of the shuffled order, ascending, whose samples hold a token of the document."""
        places = np.flatnonzero(self.document_index == document)
        ends = self._ends[places]
        begins = np.where(places > 0, self._ends[places - 1], 0)
        spans = [
            np.arange(max((begin - 1) // self.sequence_length, 0), (end - 1) // self.sequence_length + 1)
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
            if end > begin
        ]
        numbers = np.concatenate([np.empty(0, np.int64), *spans])
        return np.flatnonzero(np.isin(self.shuffle_index, numbers))

    def pieces(self, sample: int) -> list[Piece]:
        """Where the tokens of the sample at this position of the shuffled order lie."""
        number = int(self.shuffle_index[sample])
        (first, offset), (last, end) = self.sample_index(np.array([number, number + 1])).tolist()
        found = []
        for place in range(first, last + 1):
            begin = int(self._ends[place - 1]) if place else 0
            stop = end + 1 if place == last else int(self._ends[place]) - begin
            start = offset if place == first else 0
            if stop > start:
                found.append(Piece(document=int(self.document_index[place]), first=start, last=stop))
        return found


def epochs_for(epoch_tokens: int, samples: int | None, sequence_length: int) -> int:
    """Passes over the documents that this many samples take (GPTDataset._get_num_epochs)."""
    return 1 if samples is None else max(1, -(-(samples * sequence_length + 1) // epoch_tokens))


def split_documents(documents: int, split: tuple[float, float]) -> np.ndarray:
    """int32 numbers of the documents between two fractions of a prefix (BlendedMegatronDatasetBuilder)."""
    return np.arange(round(split[0] * float(documents)), round(split[1] * float(documents)), dtype=np.int32)


def _document_index(documents: np.ndarray, epochs: int, chance: np.random.RandomState, *, apart: bool) -> np.ndarray:
    if apart and epochs > 1:
        most = _document_index(documents, epochs - 1, chance, apart=False)
        return np.concatenate([most, _document_index(documents, 1, chance, apart=False)])
    repeated = np.tile(documents.astype(np.int32), epochs)
    chance.shuffle(repeated)
    return repeated


def _shuffle_index(first: int, total: int, chance: np.random.RandomState) -> np.ndarray:
    kind = np.uint32 if total < np.iinfo(np.uint32).max - 1 else np.int64
    head, tail = np.arange(first, dtype=kind), np.arange(first, total, dtype=kind)
    chance.shuffle(head)
    if len(tail):
        chance.shuffle(tail)
    return np.concatenate([head, tail])
