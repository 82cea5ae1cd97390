"""A monotone curve from percentile of quality to repeats: the bottom is left out, the top comes most often.

Of a group whose documents lie between 0 (worst) and 1 (best) by their share of its tokens, those at x come

    f(x) = 0 for x < a, else C (x - a)^p e^(l (x - a))

times (Olmo Team 2025, arXiv 2512.13961, section 3.4.4 and appendix A.2.4: a is 0.4, and no bucket comes more than 7
times). C follows from the tokens that are wanted. Of the curves that keep every bucket under the cap the one with the
greatest power p is taken, and of these the one with the greatest l: the steepest that may be.

Powers are multiples of 1/16 up to 5 and l of 1/64 up to 2, so that all of it is additions, products, quotients and
square roots, which IEEE 754 rounds the same on every machine; `pow` and `exp` differ from one library to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Final

import numpy as np
from annotated_types import Gt, Interval, Le

from filters.strict import STRICT

_ROOTS: Final = 4  # square roots of a square root: powers are multiples of 1/16
_MOST_POWER: Final = 5 << _ROOTS  # Olmo's own search ends at 5
_LAMBDAS: Final = 64
_MOST_LAMBDA: Final = 2 * _LAMBDAS
_TERMS: Final = 28  # of the series of e^2, whose next is below 1e-20
_BITS: Final = 53  # of a share, which makes it a whole number


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A [mixture.curve] table: how often documents come by their percentile."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    over: str
    """The entry of `by` whose quantiles are the percentiles, as "rating@20"."""
    discard: Annotated[float, Interval(ge=0, lt=1)] = 0.4
    """Share of the tokens, from the worst on, that are left out; documents without a label are the worst. OLMo 3:
    0.4."""
    cap: Annotated[float, Gt(0), Le(1000)] = 7.0
    """Most repeats of any quantile, on average over its tokens. OLMo 3: 7."""


@dataclass(frozen=True, kw_only=True)
class Solved:
    """Curves of several groups: `wanted` (list of int) has the tokens of each bucket, from the worst on."""

    wanted: list[list[int]]
    power: np.ndarray  # float64[groups]
    decay: np.ndarray  # float64[groups], l


def solve(tokens: Sequence[Sequence[int]], wanted: Sequence[int], curve: Curve) -> Solved:
    """For tokens by bucket of each group, every bucket with some; `wanted` is at most cap x (1 - discard) of a group's.

    The tokens of a group's buckets sum to what is wanted of it.
    """
    groups = len(tokens)
    width = max((len(own) for own in tokens), default=0)
    edges = np.ones((groups, width + 1))
    for number, own in enumerate(tokens):
        total = sum(own)
        edges[number, : len(own)] = [sum(own[:k]) / total for k in range(len(own))]
    places = np.maximum(edges - curve.discard, 0.0) / (1.0 - curve.discard)
    last = np.array([len(own) - 1 for own in tokens], np.int64)
    top = places[np.arange(groups), last][:, None]
    allowed = curve.cap * np.array([own[-1] for own in tokens], np.float64)
    asked = np.array(wanted, np.float64)

    def fits(power: np.ndarray, decay: np.ndarray) -> np.ndarray:
        share = 1.0 - _below(top, power, decay, curve.discard)[:, 0]
        return np.asarray(asked * share <= allowed * (1 + 1e-12), bool)

    none = np.zeros(groups, np.int64)
    power = _greatest(lambda k: fits(k, none), _MOST_POWER, groups)
    decay = _greatest(lambda j: fits(power, j), _MOST_LAMBDA, groups)
    below = _below(places, power, decay, curve.discard)
    whole = np.minimum((below * float(1 << _BITS)).astype(np.int64), 1 << _BITS).tolist()
    found = []
    for own, ends, count in zip(tokens, whole, wanted, strict=True):
        cuts = [count * end >> _BITS for end in (*ends[: len(own)], 1 << _BITS)]
        found.append([after - before for before, after in pairwise(cuts)])
    return Solved(wanted=found, power=power / (1 << _ROOTS), decay=decay / _LAMBDAS)


def _greatest(fits: Any, most: int, groups: int) -> np.ndarray:
    """int64[groups]: the greatest number of each group up to `most` that fits, where smaller ones do; else 0."""
    low, high = np.zeros(groups, np.int64), np.full(groups, most, np.int64)
    while np.any(low < high):
        middle = (low + high + 1) // 2
        fitting = fits(middle)
        low, high = np.where(fitting, middle, low), np.where(fitting, high, middle - 1)
    return low


def _below(places: np.ndarray, power: np.ndarray, decay: np.ndarray, discard: float) -> np.ndarray:
    """Share of the tokens that is drawn below each place (float64[groups, n], 0 where what is kept begins, 1 its end).

    The integral of s^p e^(m s) from 0 to s is s^(p+1) times the sum of (m s)^k / (k! (p + 1 + k)).
    """
    steep = (decay / _LAMBDAS * (1.0 - discard))[:, None]
    exponent = (power / (1 << _ROOTS) + 1.0)[:, None]
    found = _powers(places, power + (1 << _ROOTS)) * _series(steep * places, exponent)
    return np.asarray(np.minimum(found / _series(steep, exponent), 1.0))


def _series(value: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    term = np.ones_like(value)
    total = term / exponent
    for k in range(1, _TERMS):
        term = term * value / k
        total = total + term / (exponent + k)
    return np.asarray(total)


def _powers(places: np.ndarray, sixteenths: np.ndarray) -> np.ndarray:
    """places ^ (sixteenths / 16), by squares of the sixteenth root."""
    base = places
    for _ in range(_ROOTS):
        base = np.sqrt(base)
    found = np.ones_like(places)
    left = sixteenths.copy()
    while np.any(left):
        found = np.where((left & 1)[:, None] == 1, found * base, found)
        base = base * base
        left = left >> 1
    return found
