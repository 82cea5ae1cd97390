"""Which stream global sample i is of, and its number there, for weights that are given at load time."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from corpus.errors import RecipeError
from corpus.loader.permutation import keys

# Weights are kept to a millionth, and exactly so over each run of this many samples; the layout of one takes 6 MB.
BLOCK = 1 << 20
_SUM_WITHIN = 1e-6  # what decimal fractions of a few hundred weights may be off by


class Mixture:
    """Blocks of BLOCK samples in each of which every stream has its share, in an order of its own."""

    def __init__(self, names: Sequence[str], weights: Sequence[float], seed: int) -> None:
        """Raises RecipeError for weights that do not sum to 1 or that a block can not hold."""
        shares = np.array(weights, np.float64)
        if not np.all(np.isfinite(shares)) or np.any(shares < 0) or abs(shares.sum() - 1) > _SUM_WITHIN:
            raise RecipeError(f"the weights sum to {shares.sum():.9g}: give weights of 0 or more that sum to 1")
        exact = shares * BLOCK
        quotas = np.floor(exact).astype(np.int64)
        rest = np.argsort(quotas - exact, kind="stable")[: max(0, BLOCK - int(quotas.sum()))]
        quotas[rest] += 1  # largest remainders (Hamilton), the first stream of equal ones
        small = [name for name, share, quota in zip(names, shares, quotas, strict=True) if share and not quota]
        if small:
            raise RecipeError(f"the weight of {small[0]} is under {1 / BLOCK:.1e}, one sample in {BLOCK:,}: raise it")
        self.quotas = quotas
        self._seed = seed
        self._layout = lru_cache(2)(self._lay_out)  # ranks and workers move on from block to block

    def place(self, sample: int) -> tuple[int, int]:
        """Stream, and which of its samples, counted from 0 through all epochs."""
        if len(self.quotas) == 1:
            return 0, sample
        block, within = divmod(sample, BLOCK)
        streams, numbers = self._layout(block)
        stream = int(streams[within])
        return stream, block * int(self.quotas[stream]) + int(numbers[within])

    def _lay_out(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        """Stream of each sample of a block, and how many of the stream stand before it in the block."""
        chance = np.arange(BLOCK, dtype=np.uint64)
        for key in keys(3, self._seed, "mixture", block):
            chance = (chance ^ np.uint64(key)) * np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's finaliser, keyed
            chance ^= chance >> np.uint64(33)
        order = np.argsort(chance)
        streams = np.empty(BLOCK, np.int16)
        streams[order] = np.repeat(np.arange(len(self.quotas), dtype=np.int16), self.quotas)
        numbers = np.empty(BLOCK, np.int32)
        firsts = np.cumsum(self.quotas) - self.quotas
        own = np.argsort(streams, kind="stable")
        numbers[own] = np.arange(BLOCK) - np.repeat(firsts, self.quotas)
        return streams, numbers
