"""How many times as often something befell one kind of documents as another: ratios of two shares, with intervals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

_Z = 1.959963984540054  # of 95 %
_FARTHEST = 60.0  # |ln ratio|: no interval of counts below 2^53 ends beyond
_STEPS = 60  # halvings of that: 1e-16


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """None where it is not known: of a ratio over nothing, of a bound without an end."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 1 out."""
        return (self.low is not None and self.low > 1) or (self.high is not None and self.high < 1)


UNKNOWN = Ratio(value=None, low=None, high=None)


def ratio(hits: int, of: int, others: int, of_others: int) -> Ratio:
    """hits / of over others / of_others, with the 95 % score interval (Koopman 1984), which knows counts of 0.

    >>> found = ratio(36, 40, 16, 80)
    >>> [round(one, 2) for one in (found.value, found.low, found.high)]
    [4.5, 2.94, 7.15]
    """
    if not of or not of_others or not (hits or others):
        return UNKNOWN

    def far(distance: float) -> bool:
        return _score(exp(distance), hits, of, others, of_others) > _Z * _Z

    middle = log(hits * of_others / (others * of)) if hits and others else None
    below, above = (middle, middle) if middle is not None else (_FARTHEST, -_FARTHEST)
    return Ratio(
        value=exp(middle) if middle is not None else (0.0 if not hits else None),
        low=exp(_edge(far, -_FARTHEST, below)) if hits else 0.0,
        high=exp(_edge(far, _FARTHEST, above)) if others else None,
    )


def _edge(far: Callable[[float], bool], outside: float, inside: float) -> float:
    """Where `far` begins between a place within the interval and one without."""
    for _ in range(_STEPS):
        half = (outside + inside) / 2
        outside, inside = (half, inside) if far(half) else (outside, half)
    return inside


def _score(theta: float, hits: int, of: int, others: int, of_others: int) -> float:
    """Pearson's chi-square of the two counts, their shares at their likeliest under ratio theta."""
    a = (of + of_others) * theta
    b = -(of * theta + hits + of_others + others * theta)
    c = hits + others
    other = 2 * c / (-b + sqrt(max(b * b - 4 * a * c, 0.0)))  # the root below 1, without the difference of equals
    share = theta * other
    return _part(hits, of, share) + _part(others, of_others, other)


def _part(hits: int, of: int, share: float) -> float:
    spread = of * share * (1 - share)
    distance = hits - of * share
    if spread > 0:
        return distance * distance / spread
    return 0.0 if abs(distance) < 1e-9 * of else float("inf")


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """Counts of the two kinds within documents that are alike otherwise."""

    hits: int
    of: int
    others: int
    of_others: int


def pooled(strata: Iterable[Stratum]) -> Ratio:
    """One ratio of all strata (Mantel & Haenszel 1959; interval of Greenland & Robins 1985): what is left when
    the two kinds are compared within each stratum alone. Unknown where either kind has no hit."""
    over, under, spread = 0.0, 0.0, 0.0
    for one in strata:
        size = one.of + one.of_others
        if one.of and one.of_others:
            over += one.hits * one.of_others / size
            under += one.others * one.of / size
            both = one.hits + one.others
            spread += (one.of * one.of_others * both - one.hits * one.others * size) / (size * size)
    if not over or not under:
        return UNKNOWN
    value, reach = over / under, _Z * sqrt(spread / (over * under))
    return Ratio(value=value, low=value * exp(-reach), high=value * exp(reach))
