"""Prompted data in shards: inputs and targets encoded apart, pairs for Megatron-DeepSpeed, labels for GPT-NeoX.

Formats: megatron/data/mtf_dataset.py of bigscience's Megatron-DeepSpeed (pairs), megatron/data/gpt2_dataset.py of
gpt-neox (labels).
"""

from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa

from corpus.shards.gather import Block
from corpus.shards.megatron import MASKED
from corpus.texts import prompts
from filters.arrow import array

KINDS = Literal["pairs", "labels"]


class Halves(NamedTuple):
    """Texts to be encoded: of each prompt its inputs and its targets."""

    texts: pa.StringArray
    firsts: np.ndarray  # int64[documents + 1]: the first text of each document
    prompted: np.ndarray  # bool[documents]


def halves(texts: pa.StringArray, targets_at: pa.Int32Array) -> Halves:
    """Texts with each prompt parted, so that where its targets begin a token begins."""
    places = prompts.places(targets_at)
    prompted = places >= 0
    firsts = np.concatenate([[0], np.cumsum(1 + prompted)])
    rows = np.flatnonzero(prompted)
    if not len(rows):
        return Halves(texts, firsts, prompted)
    inputs, targets = prompts.parted(texts, places, rows)
    where = np.repeat(np.arange(len(texts)), 1 + prompted)
    where[firsts[rows]] = len(texts) + np.arange(len(rows))
    where[firsts[rows] + 1] = len(texts) + len(rows) + np.arange(len(rows))
    return Halves(pa.concat_arrays([texts, inputs, targets]).take(array(where)), firsts, prompted)


def joined(found: Halves, offsets: np.ndarray) -> tuple[np.ndarray, pa.Int32Array]:
    """Offsets (int64) of documents out of those of the halves' ids, and the tokens at which targets begin."""
    bounds = offsets[found.firsts]
    begins = offsets[found.firsts[:-1] + 1] - bounds[:-1]
    return bounds, pa.array(begins.astype(np.int32), mask=~found.prompted)


class Half(NamedTuple):
    """One side of a block's prompts: ids end to end."""

    tokens: np.ndarray
    lengths: np.ndarray  # int64


def pairs(block: Block) -> tuple[Half, Half, np.ndarray]:
    """Inputs without and targets with the end of document, of the documents (numbers, int64) that are prompts."""
    if block.targets_at is None:
        empty = Half(block.tokens[:0], np.empty(0, np.int64))
        return empty, empty, np.empty(0, np.int64)
    at = prompts.places(block.targets_at)
    rows = np.flatnonzero(at >= 0)
    starts, ends = block.offsets[:-1][rows], block.offsets[1:][rows]
    middles = starts + at[rows]
    return _half(block.tokens, starts, middles), _half(block.tokens, middles, ends), rows


def labels(block: Block) -> np.ndarray:
    """int32 for each token of the block: itself, not shifted, or MASKED in inputs. Ordinary text is learned whole."""
    found = block.tokens.astype(np.int32)
    inputs, _, rows = pairs(block)
    starts = block.offsets[:-1][rows]
    found[spans(starts, starts + inputs.lengths)] = MASKED
    return found


def _half(tokens: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Half:
    return Half(tokens[spans(starts, ends)], ends - starts)


def spans(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The numbers (int64) in starts..ends-1 of each span, one after another."""
    lengths = ends - starts
    total = int(lengths.sum())
    return np.repeat(starts - (np.cumsum(lengths) - lengths), lengths) + np.arange(total)
