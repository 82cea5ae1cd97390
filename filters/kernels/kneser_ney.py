"""The loops of interpolated modified Kneser-Ney over a tree of endings; `filters.lm.kneser_ney` says what they mean."""

import numpy as np

from filters.jit import njit
from filters.kernels.words import BEGIN


@njit(cache=True, nogil=True)
def contexts(
    first: np.ndarray,
    parent_start: np.ndarray,
    parent_context: np.ndarray,
    context_first: np.ndarray,
    context_start: np.ndarray,
) -> np.ndarray:
    """Where the context (all words but the last) of each n-gram of length n > 2 stands among those of length n - 1.

    It is a child of the context of the n-gram's parent, found by its first word: `context_start` are the children of
    the n-grams of length n - 2, `context_first` the first words of those of length n - 1. uint32[n-grams].
    """
    out = np.empty(len(first), np.uint32)
    for parent in range(len(parent_start) - 1):
        if parent_start[parent] == parent_start[parent + 1]:
            continue
        above = parent_context[parent]
        from_, to = context_start[above], context_start[above + 1]
        for i in range(parent_start[parent], parent_start[parent + 1]):
            low, high = from_, to
            while low < high:
                middle = (low + high) >> 1
                if context_first[middle] < first[i]:
                    low = middle + 1
                else:
                    high = middle
            out[i] = low
            from_ = low  # siblings are sorted by their first word
    return out


@njit(cache=True, nogil=True)
def sums(adjusted: np.ndarray, context: np.ndarray, discount: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """By context: added adjusted counts (int64) and added discounts (float64)."""
    totals, taken = np.zeros(size, np.int64), np.zeros(size, np.float64)
    for i in range(len(adjusted)):
        totals[context[i]] += adjusted[i]
        taken[context[i]] += discount[min(adjusted[i], 3)]
    return totals, taken


@njit(cache=True, nogil=True)
def interpolated(
    adjusted: np.ndarray,
    context: np.ndarray,
    discount: np.ndarray,
    totals: np.ndarray,
    gamma: np.ndarray,
    parent_start: np.ndarray,
    shorter: np.ndarray,
) -> np.ndarray:
    """float64: p(last word | context), from `shorter`, the probabilities of the parents."""
    out = np.empty(len(adjusted), np.float64)
    for parent in range(len(parent_start) - 1):
        below = shorter[parent]
        for i in range(parent_start[parent], parent_start[parent + 1]):
            before = context[i]
            count = adjusted[i]
            out[i] = (count - discount[min(count, 3)]) / totals[before] + gamma[before] * below
    return out


@njit(cache=True, nogil=True)
def unigrams(adjusted: np.ndarray, discount: np.ndarray) -> tuple[np.ndarray, float]:
    """float64: the discounted part of each word's probability; and what is left for the uniform distribution."""
    total, taken = 0, 0.0
    for word in range(len(adjusted)):
        if word != BEGIN:
            total += adjusted[word]
            taken += discount[min(adjusted[word], 3)]
    out = np.zeros(len(adjusted), np.float64)
    for word in range(len(adjusted)):
        if word != BEGIN:
            out[word] = (adjusted[word] - discount[min(adjusted[word], 3)]) / total
    return out, taken / total
