"""How many of some kinds of documents each rule, and deduplication, took; and how many came to them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from corpus.losses import deduplicated
from corpus.report.counting import Binned, added_bins
from corpus.report.documents import CLUSTERS, LENGTHS
from corpus.report.opened import Part
from corpus.report.people.ratios import Stratum
from corpus.report.reasons import Reasons
from filters.arrow import strings

FILTERS, DEDUPLICATION = "filters", "deduplication"  # what documents come to; the second is a taker too
ANY_RULE = "any rule"
ALL = ""  # instead of a kind: all documents among which kinds are told
_LENGTHS = 21  # octaves of words: documents are compared with others of about their length

Took = dict[str, Binned]  # by taker, then kind and language: documents by length


def of(part: Part, language: pa.StringArray, kinds: Mapping[str, np.ndarray]) -> tuple[Took, Took]:
    """Of one part, what came and what was taken; `kinds` are bool[rows] by name, ALL among them. Reads VERDICTS,
    CLUSTERS, LENGTHS."""
    reasons = part.once(Reasons.of)
    words = part.read(LENGTHS, ["words"]).column("words").to_numpy()
    octave = np.minimum(np.frexp(words.astype(np.float64))[1], _LENGTHS - 1)  # n for 2^(n-1) to 2^n - 1 words
    outcomes = strings(part.read(CLUSTERS, ["outcome"]).column("outcome"))
    passed = np.array([outcome != "filtered" for outcome in outcomes], bool)
    lost = np.array([deduplicated.is_lost(outcome) for outcome in outcomes], bool)
    fell = {rule: np.unique(reasons.rows[reasons.rules == rule]) for rule in sorted(set(reasons.rules.tolist()))}
    fell |= {ANY_RULE: np.unique(reasons.rows), DEDUPLICATION: np.flatnonzero(lost)}
    came = {FILTERS: np.arange(len(words)), DEDUPLICATION: np.flatnonzero(passed)}
    bins = _Bins(language, octave, kinds)
    return (
        {name: found for name, rows in came.items() if (found := bins.of(rows))},
        {name: found for name, rows in sorted(fell.items()) if (found := bins.of(rows))},
    )


class _Bins:
    """Documents by kind, language and length."""

    def __init__(self, language: pa.StringArray, octave: np.ndarray, kinds: Mapping[str, np.ndarray]) -> None:
        coded = language.dictionary_encode()
        self._languages = strings(coded.dictionary)
        self._cell = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64) * _LENGTHS + octave
        self._kinds = kinds

    def of(self, rows: np.ndarray) -> Binned:
        found: Binned = {}
        for kind, mine in sorted(self._kinds.items()):
            counts = np.bincount(self._cell[rows[mine[rows]]], minlength=len(self._languages) * _LENGTHS)
            by_language = zip(self._languages, counts.reshape(-1, _LENGTHS).tolist(), strict=True)
            own = {name: bins for name, bins in by_language if any(bins)}
            if own:
                found[kind] = dict(sorted(own.items()))
        return found


def added(values: Sequence[Took]) -> Took:
    """Added up."""
    names = sorted({name for value in values for name in value})
    return {name: added_bins(value[name] for value in values if name in value) for name in names}


def strata(came: Took, took: Took, taker: str, kind: str, language: str) -> list[Stratum]:
    """Documents of a kind and all others of a language by length: those that came to a taker, and that it took."""
    to = came.get(DEDUPLICATION if taker == DEDUPLICATION else FILTERS, {})
    own = took.get(taker, {})

    def bins(found: Binned, name: str) -> Sequence[int]:
        return found.get(name, {}).get(language, [0] * _LENGTHS)

    return [
        Stratum(hits=hits, of=of_, others=every_hit - hits, of_others=every - of_)
        for hits, of_, every_hit, every in zip(
            bins(own, kind), bins(to, kind), bins(own, ALL), bins(to, ALL), strict=True
        )
        if every
    ]


def total(found: Took, taker: str, languages: Sequence[str]) -> int:
    """All documents that a taker took of some languages."""
    own = found.get(taker, {}).get(ALL, {})
    return sum(sum(own.get(language, ())) for language in languages)
