"""Interpolated modified Kneser-Ney (Chen & Goodman 1998, section 3; Heafield et al. 2013, section 3), as lmplz has it.

With a the adjusted count, h a context and h' the same without its first word:

    p(w | h) = (a(hw) - D(a(hw))) / sum_x a(hx) + gamma(h) p(w | h')      gamma(h) = sum_x D(a(hx)) / sum_x a(hx)

and below the unigrams the uniform distribution over the vocabulary with <unk>, without <s>. <s> is context alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from filters.kernels import kneser_ney
from filters.kernels.words import BEGIN
from filters.lm.suffixes import Level

FALLBACK = (0.5, 1.0, 1.5)  # lmplz --discount_fallback: for counts of counts that no formula fits


@dataclass(frozen=True, kw_only=True)
class Discount:
    """What is taken from n-grams of one length by adjusted count: 1, 2, 3 and more."""

    amounts: tuple[float, float, float]
    fallback: bool

    def table(self) -> np.ndarray:
        """float64[4] by min(count, 3)."""
        return np.array([0.0, *self.amounts])


def discount_of(counts_of_counts: Sequence[int]) -> Discount:
    """From how many n-grams have adjusted count 1, 2, 3, 4 (Chen & Goodman 1998, equation 26).

    Small or odd corpora give none, negative ones or more than the count itself: then `FALLBACK`.
    """
    n1, n2, n3, n4 = counts_of_counts
    if n1 and n2 and n3:
        y = n1 / (n1 + 2 * n2)
        found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
        if all(0 < amount <= count for count, amount in enumerate(found, 1)):
            return Discount(amounts=found, fallback=False)
    return Discount(amounts=FALLBACK, fallback=True)


def discounts(tree: Sequence[Level]) -> list[Discount]:
    """For n-grams of each length; <s> is no event and does not count."""
    found = []
    for n, level in enumerate(tree):
        adjusted = np.delete(level.adjusted, BEGIN) if n == 0 else level.adjusted
        found.append(discount_of(np.bincount(np.minimum(adjusted, 5), minlength=6)[1:5].tolist()))
    return found


@dataclass(frozen=True, kw_only=True)
class Weights:
    """log10 of the probability of each n-gram of one length, and of its back-off weight (float32)."""

    probability: np.ndarray
    backoff: np.ndarray


def weights(tree: Sequence[Level], found: Sequence[Discount]) -> Iterator[Weights]:
    """Shortest n-grams first. `tree` has every word of the vocabulary in its first level."""
    tables = [one.table() for one in found]
    plain, left = kneser_ney.unigrams(tree[0].adjusted, tables[0])
    probability = plain + left / (len(tree[0]) - 1)
    probability[BEGIN] = 1.0  # read by nobody; lmplz writes 0 too
    context: np.ndarray | None = None
    for n, level in enumerate(tree):
        if n + 1 == len(tree):
            yield Weights(probability=_log10(probability), backoff=np.zeros(len(level), np.float32))
            return
        longer = tree[n + 1]
        context = (
            longer.first
            if context is None
            else kneser_ney.contexts(longer.first, level.start, context, level.first, tree[n - 1].start)
        )
        totals, taken = kneser_ney.sums(longer.adjusted, context, tables[n + 1], len(level))
        taken[totals == 0] = totals[totals == 0] = 1  # what is no context of anything backs off for free
        gamma = np.divide(taken, totals, out=taken)
        yield Weights(probability=_log10(probability), backoff=_log10(gamma))
        probability = kneser_ney.interpolated(
            longer.adjusted, context, tables[n + 1], totals, gamma, level.start, probability
        )


def _log10(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.minimum(np.log10(values), 0.0).astype(np.float32)  # 1 + 2^-53 is 1
    return found
