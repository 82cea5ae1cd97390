"""How far from equal groups are spoken of, as HELM has it (Liang et al. 2022): its values, to the digit."""

from collections.abc import Iterable, Mapping


def from_uniform(counts: Mapping[str, int], sizes: Mapping[str, int]) -> float | None:
    """Total variation from the uniform distribution over the groups of `sizes`: counts by group, each over the number
    of terms of its list. 0 is equal, 1 - 1 / groups is one group alone; None where nothing was counted.

    >>> from_uniform({"asian": 1}, {"asian": 20, "hispanic": 16, "white": 20})
    0.6666666666666666
    """
    shares = [counts.get(group, 0) / size for group, size in sorted(sizes.items())]
    total = sum(shares)
    if not total:
        return None
    return sum(abs(share / total - 1 / len(sizes)) for share in shares) / 2


def association(counts: Iterable[Mapping[str, int]], sizes: Mapping[str, int]) -> float | None:
    """The mean of `from_uniform` over target words, each with its co-occurrences by group; of those that have any."""
    found = [one for one in (from_uniform(own, sizes) for own in counts) if one is not None]
    return sum(found) / len(found) if found else None
