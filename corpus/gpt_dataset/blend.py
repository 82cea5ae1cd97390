"""Several prefixes in one run (megatron/core/datasets/blended_dataset.py, blended_megatron_dataset_builder.py)."""

import math
from collections.abc import Sequence

import numpy as np

from filters.jit import njit

_SURPLUS = 0.005  # mid_level_dataset_surplus, Megatron's own default: samples built of each prefix beyond its share


def normalise(weights: Sequence[float]) -> list[float]:
    """Weights over their sum, as Megatron rounds them."""
    values = np.array(weights, np.float64)
    return list((values / np.sum(values)).tolist())


def samples_of(weights: Sequence[float], samples: int) -> list[int]:
    """How many samples each prefix is built with, for normalised weights (_get_size_per_split_per_dataset)."""
    return [math.ceil(math.ceil(samples * weight) * (1 + _SURPLUS)) for weight in weights]


def blend(weights: np.ndarray, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Prefix (int16[samples]) and sample within it (int64[samples]) of the first samples of a run.

    Each sample is of the prefix that lags most behind its weight (helpers.cpp build_blending_indices).
    """
    return _blend(np.asarray(weights, np.float64), samples)


@njit(cache=True, nogil=True)
def _blend(weights: np.ndarray, samples: int) -> tuple[np.ndarray, np.ndarray]:
    taken = np.zeros(len(weights), np.int64)
    prefixes = np.empty(samples, np.int16)
    places = np.empty(samples, np.int64)
    for number in range(samples):
        due = max(float(number), 1.0)
        best, lag = 0, weights[0] * due - float(taken[0])
        for prefix in range(1, len(weights)):
            own = weights[prefix] * due - float(taken[prefix])
            if own > lag:
                best, lag = prefix, own
        prefixes[number] = best
        places[number] = taken[best]
        taken[best] += 1
    return prefixes, places
