"""Shares of values in each corpus (a language of a source), with intervals, and averages over corpora.

Macro and micro averages as in Kreutzer et al. 2022: every corpus alike, and each by its size.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.annotation.schemes import Scheme
from corpus.annotation.scoring.consensus import DISPUTED, Said
from corpus.annotation.strata import KEPT, Stratum
from corpus.report.judging import wilson


@dataclass(frozen=True, kw_only=True)
class Share:
    """A proportion of `judged` texts, with Wilson's bounds of 95 %."""

    count: int
    judged: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A language of a source, kept or not. `size`: its documents; of a sheet without a key as many as were judged.
    `values`: by field and value. `disputed`: texts on whose deciding field as many annotators say this as that."""

    stratum: Stratum
    size: int
    judged: int
    acceptable: Share
    values: Mapping[str, Mapping[str, Share]]
    disputed: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """Corpora of a language, of a source, or all of them, of one outcome. `micro` weighs each with its size; its bounds
    are the weighted bounds, no narrower than an interval of the sum would be."""

    name: str
    of: str
    corpora: int
    judged: int
    macro: float
    micro: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """Corpora by what is wrong with them, as Quality at a Glance counts them."""

    none_acceptable: Sequence[Stratum]
    under_half: Sequence[Stratum]
    mostly_no_language: Sequence[Stratum]
    mostly_wrong_language: Sequence[Stratum]


def share(count: int, judged: int) -> Share:
    low, high = wilson(count, judged)
    return Share(count=count, judged=judged, share=count / judged if judged else 0.0, low=low, high=high)


def corpora(scheme: Scheme, texts: Iterable[Said], sizes: Mapping[Stratum, int]) -> list[Corpus]:
    """In order of outcome, language, source; those that have a size and no judgment too."""
    by_stratum: dict[Stratum, list[Said]] = {stratum: [] for stratum in sizes}
    for one in texts:
        by_stratum.setdefault(Stratum(language=one.language, source=one.source, of=one.of), []).append(one)
    order = sorted(by_stratum, key=lambda one: (one.of != KEPT, one.of, one.language, one.source))
    return [_corpus(scheme, one, by_stratum[one], sizes.get(one)) for one in order]


def _corpus(scheme: Scheme, stratum: Stratum, texts: Sequence[Said], size: int | None) -> Corpus:
    judged = len(texts)
    values = {}
    for field in scheme.fields:
        counts = Counter(one.values.get(field.name, DISPUTED) for one in texts)
        values[field.name] = {value: share(counts[value], judged) for value in field.values}
    return Corpus(
        stratum=stratum,
        size=judged if size is None else size,
        judged=judged,
        acceptable=share(sum(one.acceptable for one in texts), judged),
        values=values,
        disputed=sum(one.values[scheme.deciding] == DISPUTED for one in texts),
    )


def groups(found: Iterable[Corpus], name: Callable[[Corpus], str]) -> list[Group]:
    """By name and outcome, of corpora with a judgment."""
    by_name: dict[tuple[str, str], list[Corpus]] = defaultdict(list)
    for one in found:
        if one.judged:
            by_name[one.stratum.of, name(one)].append(one)
    return [_group(name_, of, own) for (of, name_), own in by_name.items()]


def _group(name: str, of: str, own: Sequence[Corpus]) -> Group:
    size = sum(one.size for one in own)
    micro, low, high = (
        sum(getattr(one.acceptable, bound) * one.size for one in own) / size for bound in ("share", "low", "high")
    )
    macro = sum(one.acceptable.share for one in own) / len(own)
    judged = sum(one.judged for one in own)
    return Group(name=name, of=of, corpora=len(own), judged=judged, macro=macro, micro=micro, low=low, high=high)


def flagged(scheme: Scheme, found: Iterable[Corpus]) -> Flagged:
    """Of corpora of kept texts with a judgment: dropped texts should be bad."""
    own = [one for one in found if one.judged and one.stratum.of in ("", KEPT)]

    def most(value: str) -> list[Stratum]:
        values = [(one.stratum, one.values[scheme.deciding].get(value)) for one in own]
        return [stratum for stratum, counted in values if counted and counted.share > 0.5]

    return Flagged(
        none_acceptable=[one.stratum for one in own if not one.acceptable.count],
        under_half=[one.stratum for one in own if one.acceptable.share < 0.5],
        mostly_no_language=most(scheme.no_language),
        mostly_wrong_language=most(scheme.wrong_language),
    )
