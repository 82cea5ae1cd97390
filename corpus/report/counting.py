"""Counters of a part as JSON has them, added up: by a name, as rows of a tally, or over bins."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from corpus.store.tally import Cells, Row, merged

Counts = dict[str, int]
Binned = dict[str, dict[str, list[int]]]  # by name and language: counts over the same bins


def counted(labels: Iterable[str]) -> Counts:
    """How often each label comes, by name."""
    return dict(sorted(Counter(labels).items()))


def added(parts: Iterable[Mapping[str, int]]) -> Counts:
    """Counters added up."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items()))


def cells(rows: Iterable[Row]) -> list[Cells]:
    """Rows of one kind, added up."""
    return merged(vars(row) for row in rows)


def added_rows(parts: Iterable[Sequence[Cells]]) -> list[Cells]:
    """Rows of one kind of several parts, added up."""
    return merged(chain.from_iterable(parts))


def by_language(found: Iterable[tuple[str, str, list[int]]]) -> Binned:
    """Name, language and counts, each pair once, as they are added up."""
    binned: Binned = {}
    for name, language, counts in found:
        binned.setdefault(name, {})[language] = counts
    return _ordered(binned)


def added_bins(parts: Iterable[Mapping[str, Mapping[str, Sequence[int]]]]) -> Binned:
    """Counts over the same bins, added up by name and language."""
    total: dict[str, dict[str, np.ndarray]] = {}
    for part in parts:
        for name, languages in part.items():
            own = total.setdefault(name, {})
            for language, counts in languages.items():
                own[language] = own[language] + np.array(counts) if language in own else np.array(counts)
    return _ordered({name: {one: bins.tolist() for one, bins in own.items()} for name, own in total.items()})


def _ordered(found: Binned) -> Binned:
    return {name: dict(sorted(own.items())) for name, own in sorted(found.items())}
