"""What the keys of a [mixture] by a list demand of each other, and which of its groups a bucket is of."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from corpus.mixture.dimension import DUPLICATES, LANGUAGE, UNKNOWN

if TYPE_CHECKING:
    from corpus.mixture.recipe_table import Mixture

RATES: Final = ("weight", "epochs")
_SUM_WITHIN: Final = Fraction(1, 1000)
_MOST_RATE: Final = 1e6
Group = Mapping[str, str | float]


def check(mixture: "Mixture") -> None:
    """Raises ValueError for keys that do not go together."""
    if not mixture.listed:
        stray = [name for name in ("groups", "curve", "rehydrate") if getattr(mixture, name)]
        if stray or isinstance(mixture.by, tuple):
            raise ValueError(
                f"{stray[0] if stray else 'by'} needs a list of what documents are told apart by: by = [...]"
            )
        return
    if len(set(mixture.listed)) < len(mixture.listed):
        raise ValueError("by names something twice: take one of them out")
    ways = [name for name in ("weights", "epochs", "preset") if getattr(mixture, name)]
    if ways:
        raise ValueError(f"{ways[0]} are by source and language, and by is a list: say them in [[mixture.groups]]")
    several = [n for n in ("alpha", "groups", "rehydrate") if getattr(mixture, n) not in (None, ())]
    if len(several) > 1 or (mixture.curve and mixture.rehydrate):
        raise ValueError(f"{' and '.join(several if len(several) > 1 else ('curve', 'rehydrate'))}: keep one of them")
    if mixture.curve and (mixture.curve.over not in mixture.listed or "@" not in mixture.curve.over):
        raise ValueError(f'curve over {mixture.curve.over!r} must be an entry of by with quantiles: "rating@20"')
    if mixture.rehydrate and not {DUPLICATES, LANGUAGE} <= set(mixture.listed):
        raise ValueError(f'rehydrate needs "{DUPLICATES}" and "{LANGUAGE}" in by')
    _check_groups(mixture)


def _check_groups(mixture: "Mixture") -> None:
    kinds = {_kind(group) for group in mixture.groups}
    for group in mixture.groups:
        for name, pattern in group.items():
            if name in RATES:
                continue
            if name not in mixture.listed or not isinstance(pattern, str):
                raise ValueError(f"groups: {name!r} of {_said(group)} must be one of by, with a pattern in quotes")
            if mixture.curve and name == mixture.curve.over:
                raise ValueError(f"groups: {name!r} is what the curve is over: take it out of {_said(group)}")
    if len(kinds) > 1:
        raise ValueError("groups: some have weights and others epochs: keep one of the two")
    named = [frozenset((n, p) for n, p in group.items() if n not in RATES) for group in mixture.groups]
    if len(set(named)) < len(named):
        raise ValueError("groups: two are of the same: join them")
    total = sum((rate_of(group) for group in mixture.groups), Fraction())
    if kinds == {"weight"} and abs(total - 1) > _SUM_WITHIN:
        raise ValueError(f"groups: weights sum to {float(total):.6g}, not to 1 within {float(_SUM_WITHIN)}")


def _kind(group: Group) -> str:
    rates = [name for name in RATES if name in group]
    if len(rates) != 1:
        raise ValueError(f"groups: {_said(group)} needs a weight or epochs, one of them")
    rate = group[rates[0]]
    if isinstance(rate, str) or not 0 < rate <= _MOST_RATE:
        raise ValueError(f"groups: {rates[0]} of {_said(group)} must be a number above 0")
    return rates[0]


def rate_of(group: Group) -> Fraction:
    """Its weight or epochs: the decimal that was written."""
    return Fraction(repr(next(group[name] for name in RATES if name in group)))


def chosen(groups: Sequence[Group], by: Sequence[str], values: Sequence[str]) -> int | None:
    """The number of the group that a bucket is of: of those that fit it the one that names most, then the longest
    patterns; None if there is none."""
    bucket = dict(zip(by, values, strict=True))
    fitting = []
    for number, group in enumerate(groups):
        named = {name: str(pattern) for name, pattern in group.items() if name not in RATES}
        if all(_fits(pattern, bucket[name]) for name, pattern in named.items() if name in bucket):
            fitting.append((len(named), sum(map(len, named.values())), -number))
    return -max(fitting)[2] if fitting else None


def _fits(pattern: str, value: str) -> bool:
    return pattern == value or any(fnmatchcase(value, one) for one in pattern.split("|"))


def _said(group: Group) -> str:
    return "{ " + ", ".join(f"{name} = {value!r}" for name, value in group.items()) + " }"


def rank(value: str) -> tuple[int, int, str]:
    """What values of a bucket sort by: what is unknown first, numbers as numbers, then strings."""
    number = value.removeprefix("-").isdecimal()
    return (0, 0, "") if value == UNKNOWN else (1, int(value), "") if number else (2, 0, value)
