"""How much of each language the tokenizer sees: shares by exponent alpha over sizes (Conneau et al. 2020)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

WEIGHT_ONE = 16  # counts are multiplied by whole numbers: sixteenths of a document
_SPAN = 1 << 64  # of an order key
_CODE = "code_"  # how the ids of programming languages begin


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A document is in the sample if its order key is below `below`; its words then count `weight` sixteenths."""

    below: int  # 0..2^64
    weight: int


def rates(sizes: Mapping[str, int], alpha: float, budget: int, code_share: float | None = None) -> dict[str, Rate]:
    """Rates by language for sizes in bytes: target share ~ size^alpha of min(budget, all); budget 0: all once.

    Programming languages (`code_*`) share `code_share` of it among themselves by the same exponent, whatever the size
    of the others; without a value what they have of the corpus. A language larger than its target is thinned, one
    smaller counts more than once. One without text is left out.
    """
    present = {language: size for language, size in sorted(sizes.items()) if size}
    whole = sum(present.values())
    if not budget:
        return {language: Rate(below=_SPAN, weight=WEIGHT_ONE) for language in present}
    code = {language: size for language, size in present.items() if language.startswith(_CODE)}
    prose = {language: size for language, size in present.items() if language not in code}
    of_code = sum(code.values()) / whole if code_share is None and whole else code_share or 0.0
    if not prose or not code:
        of_code = 1.0 if code else 0.0
    total = min(budget, whole)
    return _group(prose, alpha, total * (1 - of_code)) | _group(code, alpha, total * of_code)


def _group(sizes: Mapping[str, int], alpha: float, total: float) -> dict[str, Rate]:
    powers = {language: size**alpha for language, size in sizes.items()}
    found = {}
    for language, size in sizes.items():
        ratio = total * powers[language] / sum(powers.values()) / size
        below = _SPAN if ratio >= 1 else int(ratio * _SPAN)
        found[language] = Rate(below=below, weight=max(WEIGHT_ONE, round(WEIGHT_ONE * ratio)))
    return found


def chosen(keys: np.ndarray, below: int) -> np.ndarray:
    """Which documents (order keys, uint64) are in the sample."""
    return np.ones(len(keys), bool) if below >= _SPAN else keys < np.uint64(below)
