"""How much of each language the tokenizer sees: shares by exponent alpha over sizes (Conneau et al. 2020)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

WEIGHT_ONE = 16  # counts are multiplied by whole numbers: sixteenths of a document
_SPAN = 1 << 64  # of an order key


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A document is in the sample if its order key is below `below`; its words then count `weight` sixteenths."""

    below: int  # 0..2^64
    weight: int


def rates(sizes: Mapping[str, int], alpha: float, budget: int) -> dict[str, Rate]:
    """Rates by language for sizes in bytes: target share ~ size^alpha of min(budget, all).

    A language larger than its target is thinned, one smaller counts more than once. One without text is left out.
    """
    present = {language: size for language, size in sorted(sizes.items()) if size}
    powers = {language: size**alpha for language, size in present.items()}
    total = min(budget, sum(present.values()))
    found = {}
    for language, size in present.items():
        ratio = total * powers[language] / sum(powers.values()) / size
        below = _SPAN if ratio >= 1 else int(ratio * _SPAN)
        found[language] = Rate(below=below, weight=max(WEIGHT_ONE, round(WEIGHT_ONE * ratio)))
    return found


def chosen(keys: np.ndarray, below: int) -> np.ndarray:
    """Which documents (order keys, uint64) are in the sample."""
    return np.ones(len(keys), bool) if below >= _SPAN else keys < np.uint64(below)
