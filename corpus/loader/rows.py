"""A sample as it lies in the shards, and what a trainer takes: tokens of 64 bits, labels.

Workers hand samples over as they lie: 2 or 4 bytes a token instead of 16.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.loader.sample_streams import Concatenated, Packed

IGNORED = -100  # what PyTorch's cross entropy leaves out by default (ignore_index)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Samples of one length. `tokens`: [samples, tokens + 1] of the shards' type, the last of a row a label alone;
    `unknown`: bool[samples, tokens], labels that are IGNORED, None where none is; `lengths`: int64, tokens of each
    document in all of them, a padded end as one more; `counts`: how many of these each sample has; `prefixes`, of a
    view: int64, how many tokens at the head of each of these are inputs."""

    tokens: np.ndarray
    unknown: np.ndarray | None
    lengths: np.ndarray
    counts: Sequence[int]
    numbers: Sequence[int]
    prefixes: np.ndarray | None = None

    @property
    def input_ids(self) -> np.ndarray:
        return self.tokens[:, :-1].astype(np.int64)

    @property
    def labels(self) -> np.ndarray:
        labels = self.tokens[:, 1:].astype(np.int64)
        if self.unknown is not None:
            labels[self.unknown] = IGNORED
        return labels


def cut(cutter: Concatenated | Packed, number: int, sample: int) -> Rows:
    """Sample `number` of a stream, `sample` of the run, as one row."""
    tokens, lengths, inputs, prefixes = cutter.sample(number)
    unknown = None if inputs is None else inputs[None, 1:]
    if isinstance(cutter, Packed):
        unknown = _last_of_documents(lengths, len(tokens))
        if inputs is not None:
            unknown[:-1] |= inputs[1:]
        unknown = unknown[None]
        padding = len(tokens) - int(lengths.sum())
        tokens = np.append(tokens, tokens[-1:])
        lengths = np.append(lengths, padding) if padding else lengths
        prefixes = np.append(prefixes, 0) if padding and prefixes is not None else prefixes
    return Rows(
        tokens=tokens[None],
        unknown=unknown,
        lengths=lengths.astype(np.int64),
        counts=[len(lengths)],
        numbers=[sample],
        prefixes=prefixes,
    )


def together(rows: Sequence[Rows]) -> Rows:
    """Samples of one dataset as one block."""
    unknown = None
    if any(one.unknown is not None for one in rows):
        shape = len(rows[0].tokens), rows[0].tokens.shape[1] - 1
        unknown = np.concatenate([np.zeros(shape, bool) if one.unknown is None else one.unknown for one in rows])
    prefixes = [one.prefixes for one in rows if one.prefixes is not None]
    return Rows(
        tokens=np.concatenate([one.tokens for one in rows]),
        unknown=unknown,
        lengths=np.concatenate([one.lengths for one in rows]),
        counts=[count for one in rows for count in one.counts],
        numbers=[number for one in rows for number in one.numbers],
        prefixes=np.concatenate(prefixes) if prefixes else None,
    )


def _last_of_documents(lengths: np.ndarray, tokens: int) -> np.ndarray:
    """Where a packed row has no label: at the end of each document, and in its padding."""
    ends = np.cumsum(lengths)
    unknown = np.zeros(tokens, bool)
    unknown[ends - 1] = True
    unknown[ends[-1] - 1 :] = True
    return unknown
