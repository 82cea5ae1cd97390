"""Spans of noise: how many, how long, and how long the inputs and targets are that they leave.

The arithmetic is that of T5 (Raffel et al. 2020, section 3.1.4; `random_spans_helper` and `random_spans_noise_mask` of
google-research/text-to-text-transfer-transformer, t5/data/preprocessors.py): noise is a share of the tokens, in spans
of a mean length; spans and what lies between them alternate, beginning with what is kept; a sentinel stands for each
span in the inputs and before it in the targets; each side ends in one token.
"""

from typing import Literal, NamedTuple

import numpy as np

from corpus.views.draws import below
from filters.jit import int64, interpreted, njit

FITS = Literal["row", "inputs"]


@njit(cache=True, nogil=True)
def noise(length: int, density: float, mean: float) -> tuple[int, int]:
    """Tokens of noise and spans of it in `length` tokens, 2 or more; halves are rounded to even numbers.

    There is at least one token of noise and one that is none, and a token to keep before each span. A `mean` of 0: the
    noise is the end of the text, which is no span.
    """
    tokens = int64(np.rint(length * density))
    tokens = min(max(tokens, 1), length - 1)
    if mean == 0:
        return tokens, 0
    spans = max(int64(np.rint(tokens / mean)), 1)
    return tokens, min(spans, tokens, length - tokens)


class Sizes(NamedTuple):
    """Tokens that are corrupted, and what comes of them, with sentinels and the token that ends each side."""

    tokens: int
    inputs: int
    targets: int
    spans: int


def sizes(tokens: int, density: float, mean: float, before: int = 0) -> Sizes:
    """`before`: tokens that stand before the inputs."""
    noisy, spans = (int(found) for found in interpreted(noise)(tokens, density, mean))
    return Sizes(tokens, before + tokens - noisy + spans + 1, noisy + spans + 1, spans)


def fitting(size: int, density: float, mean: float, fits: FITS, before: int = 0) -> Sizes:
    """The most tokens of which the inputs, or inputs and targets together ("row"), take no more than `size`.

    Raises ValueError if none do. At a density of a half T5 makes targets no longer than inputs, and so does this.
    """

    def taken(found: Sizes) -> int:
        return found.inputs + (found.targets if fits == "row" else 0)

    low, high = 1, int((size + 2) / (1 - density)) + 2  # what is kept of more does not fit
    while low < high:  # what is taken never falls as tokens grow
        middle = (low + high + 1) // 2
        low, high = (middle, high) if taken(sizes(middle, density, mean, before)) <= size else (low, middle - 1)
    if low < 2:
        raise ValueError(f"sequence_length {size} has no room for two tokens and a span: raise it")
    found = sizes(low, density, mean, before)
    if fits == "inputs" and density == 0.5 and found.targets > found.inputs:
        found = sizes(low - 1, density, mean, before)
    return found


@njit(cache=True, nogil=True)
def partition(items: int, segments: int, state: np.ndarray, lengths: np.ndarray) -> None:
    """Lengths (int64, 1 or more) of `segments` that add up to `items`, into the head of `lengths`: all such partitions
    are equally likely, by selection sampling of where segments end (Knuth, The Art of Computer Programming, 3.4.2 S).
    """
    ends, places = segments - 1, items - 1
    segment = length = 0
    for _ in range(items - 1):
        length += 1
        if below(state, places) < ends:
            lengths[segment] = length
            segment += 1
            ends -= 1
            length = 0
        places -= 1
    lengths[segment] = length + 1
