"""The facts of one part, from its narrow tables: what adds up to the report.

Samples are the documents with the smallest order keys, so which ones are shown depends on seed and ids alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.recipe import Choice
from corpus.report import Facts, bins, chosen
from corpus.shards.order import order_keys
from corpus.table import Table

_SEPARATOR = "\t"  # joins the fields of a counter's key; ids, rules and languages hold none


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The task: one part's facts as plain JSON."""

    verdicts: Table
    clusters: Table
    redactions: Table
    measured: Mapping[str, Table]  # judged filters, and `length`
    choices: tuple[Choice, ...]
    seed: int
    samples: int
    threshold: float  # of deduplication
    removals: int  # sampled of each stratum

    def __call__(self, part: int) -> Facts:
        verdicts = self.verdicts.read(part)
        clusters = self.clusters.read(part)
        reasons = _Reasons.of(verdicts.column("reasons").combine_chunks())
        keys = order_keys(verdicts.column("id").combine_chunks(), self.seed)
        sizes = self.measured["length"].read(part, ["bytes"]).column("bytes").to_numpy()
        return {
            "funnel": _counted(_joined(verdicts, clusters)),
            "bytes": _weighed(_joined(verdicts, clusters), sizes),
            "rules": _counted(reasons.labelled(verdicts.column("language"))),
            "alone": _counted(reasons.alone(verdicts.column("language"))),
            "overlap": _counted(reasons.overlaps()),
            "histograms": self._histograms(part, verdicts.column("language").combine_chunks()),
            "without": self._without(part, verdicts.column("language")),
            "sweeps": self._sweeps(part, verdicts, reasons),
            "dropped": self._dropped(part, reasons, keys),
            "removals": chosen.removals(clusters, keys, part, self.threshold, self.removals),
            "sizes": _counted(np.char.add("", clusters.column("size").to_numpy().astype(str)).tolist()),
            "redactions": _counted(_redactions(self.redactions.read(part, ["kind", "action"]))),
        }

    def _histograms(self, part: int, languages: pa.StringArray) -> Facts:
        found: Facts = {}
        for choice in self.choices:
            table = self.measured[choice.name].read(part)
            for signal in sorted({rule.signal for rule in choice.base.rules if not rule.threshold.startswith("keep_")}):
                values = table.column(signal).to_numpy().astype(np.float64)
                name = f"{choice.name}.{signal}"
                for language in languages.unique().to_pylist():
                    here = values[np.asarray(pc.equal(languages, language), bool)]
                    counts = bins.of(signal).histogram(here)
                    found[f"{name}{_SEPARATOR}{language}"] = [int(c) for c in counts]
        return found

    def _without(self, part: int, languages: pa.ChunkedArray) -> Facts:
        """Documents by filter and language that the filter has no lexicon or model for (its signals say so)."""
        labels: list[str] = []
        for choice in self.choices:
            for field in choice.base.signals:
                if pa.types.is_boolean(field.type):
                    equipped = self.measured[choice.name].read(part, [field.name]).column(field.name)
                    names = languages.filter(pc.invert(equipped)).to_pylist()
                    labels += [f"{choice.name}{_SEPARATOR}{name}" for name in names]
        return _counted(labels)

    def _sweeps(self, part: int, verdicts: pa.Table, reasons: "_Reasons") -> Facts:
        """For each rule and language, of the documents that no other rule drops, those kept by each threshold that is
        tried (`bins.tried`), and at last all of them: whatever the threshold, it decides about these alone. Documents
        of a source that sets the threshold itself are left out."""
        languages, sources = (verdicts.column(name).combine_chunks() for name in ("language", "source"))
        found: Facts = {}
        fired = np.bincount(reasons.rows, minlength=len(languages))
        places = {name: np.asarray(pc.equal(languages, name), bool) for name in languages.unique().to_pylist()}
        for choice in self.choices:
            table = self.measured[choice.name].read(part)
            for rule in choice.base.rules:
                if rule.threshold.startswith("keep_"):
                    continue
                name = f"{choice.name}.{rule.reason}"
                own = np.bincount(reasons.rows[reasons.rules == name], minlength=len(languages))
                values = table.column(rule.signal).to_numpy().astype(np.float64)
                edges = np.array(bins.tried(f"{choice.name}.{rule.signal}"))
                set_apart = [s for s in pc.unique(sources).to_pylist() if rule.threshold in choice.of_source(s)]
                moved = ~np.asarray(pc.is_in(sources, value_set=pa.array(set_apart, pa.string())), bool)
                for language, here in places.items():
                    if getattr(choice.for_language(language), rule.threshold) is not None:
                        free = np.sort(values[here & moved & (fired == own)])
                        if rule.threshold.startswith("min_"):
                            kept = len(free) - np.searchsorted(free, edges, side="left")
                        else:
                            kept = np.searchsorted(free, edges, side="right")
                        found[f"{name}{_SEPARATOR}{language}"] = [*kept.tolist(), len(free)]
        return found

    def _dropped(self, part: int, reasons: "_Reasons", keys: np.ndarray) -> Facts:
        """For each rule the rows with the smallest order keys: [key, part, row]."""
        found: Facts = {}
        for rule in sorted(set(reasons.rules.tolist())):
            rows = np.unique(reasons.rows[reasons.rules == rule])
            first = rows[np.argsort(keys[rows], kind="stable")][: self.samples]
            found[rule] = [[int(keys[row]), part, int(row)] for row in first]
        return found


def _joined(verdicts: pa.Table, clusters: pa.Table) -> list[str]:
    """source, language, outcome of each document."""
    columns = [verdicts.column("source"), verdicts.column("language"), clusters.column("outcome")]
    return list(pc.binary_join_element_wise(*columns, _SEPARATOR).to_pylist())


def _counted(labels: Sequence[str]) -> Facts:
    return dict(sorted(Counter(labels).items()))


def _weighed(labels: Sequence[str], weights: np.ndarray) -> Facts:
    total: Counter[str] = Counter()
    for label, weight in zip(labels, weights.tolist(), strict=True):
        total[label] += weight
    return dict(sorted(total.items()))


def _redactions(spans: pa.Table) -> list[str]:
    """Kind and action of each, joined."""
    kinds, actions = spans.column("kind").to_pylist(), spans.column("action").to_pylist()
    return [f"{kind}{_SEPARATOR}{action}" for kind, action in zip(kinds, actions, strict=True)]


@dataclass(frozen=True, kw_only=True)
class _Reasons:
    """Every reason that fired: the row of its document, and its rule; rows ascend."""

    rows: np.ndarray
    rules: np.ndarray

    @classmethod
    def of(cls, lists: pa.ListArray) -> "_Reasons":
        rows = pc.list_parent_indices(lists).to_numpy()
        rules = lists.flatten().field("rule").to_pylist()
        return cls(rows=rows, rules=np.array(rules, object))

    def labelled(self, languages: pa.ChunkedArray) -> list[str]:
        names = languages.take(pa.array(self.rows)).to_pylist()
        return [f"{rule}{_SEPARATOR}{name}" for rule, name in zip(self.rules, names, strict=True)]

    def alone(self, languages: pa.ChunkedArray) -> list[str]:
        """Those that no other rule would have dropped."""
        _, place, count = np.unique(self.rows, return_index=True, return_counts=True)
        single = place[count == 1]
        return _Reasons(rows=self.rows[single], rules=self.rules[single]).labelled(languages)

    def overlaps(self) -> list[str]:
        """Unordered pairs of rules that fired on the same document."""
        found = []
        cuts = np.flatnonzero(np.diff(self.rows)) + 1
        for group in np.split(self.rules, cuts):
            names = sorted(group.tolist())
            found += [f"{a}{_SEPARATOR}{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
        return found


def _added(parts: Iterable[Mapping[str, Sequence[int]]]) -> Facts:
    """Counts over the same bins, added up by key."""
    total: dict[str, np.ndarray] = {}
    for part in parts:
        for key, counts in part.items():
            total[key] = total[key] + np.array(counts) if key in total else np.array(counts)
    return {key: [int(count) for count in counts] for key, counts in sorted(total.items())}


def merge(parts: Sequence[Mapping[str, Any]], samples: int, removals: int) -> Facts:
    """Add up the tallies of all parts; of samples the ones with the smallest keys stay."""
    facts: Facts = {}
    for name in ("funnel", "bytes", "rules", "alone", "overlap", "sizes", "redactions", "without"):
        total: Counter[str] = Counter()
        for part in parts:
            total.update(part[name])
        facts[name] = dict(sorted(total.items()))
    dropped: dict[str, list[list[int]]] = {}
    for part in parts:
        for rule, rows in part["dropped"].items():
            dropped.setdefault(rule, []).extend(rows)
    facts["histograms"] = _added(part["histograms"] for part in parts)
    facts["sweeps"] = _added(part["sweeps"] for part in parts)
    facts["dropped"] = {rule: sorted(rows)[:samples] for rule, rows in sorted(dropped.items())}
    facts["removals"] = chosen.merge_removals([part["removals"] for part in parts], removals)
    return facts
