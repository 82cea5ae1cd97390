"""How far annotators agree beyond chance: Krippendorff's alpha for nominal data (Krippendorff 2011, Computing
Krippendorff's Alpha-Reliability)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.annotation.schemes import Scheme
from corpus.annotation.scoring.judgments import Judgment

Codes = Sequence[str]  # that one text was given, one an annotator


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """`alpha`: 1 for full agreement, 0 for what chance gives, below 0 for less; None where it is not defined: nothing
    was judged twice, or all say the same. `items`: texts that two or more judged."""

    what: str
    items: int
    alpha: float | None


def alpha(texts: Iterable[Codes]) -> float | None:
    """1 - D_o / D_e from the matrix of coincidences: each text of m codes gives each ordered pair of them 1 / (m - 1).

    >>> alpha([["a", "a"], ["b", "b"], ["a", "b"]])
    0.4444444444444444
    """
    totals: Counter[str] = Counter()
    agreed = 0.0
    for codes in texts:
        if len(codes) < 2:
            continue
        counts = Counter(codes)
        totals.update(counts)
        agreed += sum(count * (count - 1) for count in counts.values()) / (len(codes) - 1)
    every = totals.total()
    by_chance = sum(count * (every - count) for count in totals.values())
    if not by_chance:
        return None
    return 1 - (every - agreed) * (every - 1) / by_chance


def agreements(scheme: Scheme, judgments: Sequence[Judgment]) -> list[Agreement]:
    """Of each field, of what is acceptable, of each two annotators and of each language; of all of these where a text
    was judged twice."""
    found = [
        _of(field.name, judgments, lambda one, name=field.name: one.values.get(name, ""))  # type: ignore[misc]
        for field in scheme.fields
    ]
    found.append(_of("acceptable", judgments, lambda one: str(scheme.acceptable(one.values))))

    def code(one: Judgment) -> str:
        return one.values[scheme.deciding]

    for pair in combinations(sorted({one.annotator for one in judgments}), 2):
        own = [one for one in judgments if one.annotator in pair]
        found.append(_of(f"{scheme.deciding}: {pair[0]}, {pair[1]}", own, code))
    for language in sorted({one.language for one in judgments}):
        own = [one for one in judgments if one.language == language]
        found.append(_of(f"{scheme.deciding}: {language}", own, code))
    return [one for one in found if one.items]


def _of(what: str, judgments: Iterable[Judgment], code: Callable[[Judgment], str]) -> Agreement:
    by_item: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in judgments:
        by_item[one.language, one.source, one.item].append(code(one))
    several = [codes for codes in by_item.values() if len(codes) > 1]
    return Agreement(what=what, items=len(several), alpha=alpha(several))
