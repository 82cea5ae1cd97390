"""What is known of one language or one source, out of all tallies."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from corpus.losses.filtered import Fired
from corpus.report import beside
from corpus.report.documents import Flow
from corpus.report.licences import Licensed
from corpus.report.opened import Opened
from corpus.shards.tallies import Pair
from corpus.sources.accounts import Read
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.ingest import INGEST
from corpus.vocabulary.fertility import Measured

Kept = dict[str, dict[str, list[list[Any]]]]  # by kind and group: rows with the smallest keys, which stand first
_MOST = 12  # rows of a list on a screen
_ALL_RULES = 40


def smallest(names: Sequence[Hashable], keys: np.ndarray, most: int) -> list[int]:
    """Rows with the smallest keys of each name, in order of names as they come and of keys."""
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    groups = np.array([number[name] for name in names], np.int64)
    order = np.lexsort((keys, groups))
    sizes = np.bincount(groups, minlength=len(number))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows: list[int] = order[rank < most].tolist()
    return rows


def gathered(rows: Iterable[tuple[str, str, list[Any]]]) -> Kept:
    """Rows by kind and group."""
    found: Kept = {}
    for kind, name, row in rows:
        found.setdefault(kind, {}).setdefault(name, []).append(row)
    return _ordered(found)


def merged(parts: Sequence[Kept], most: int) -> Kept:
    """What all parts say together."""
    found: Kept = {}
    for part in parts:
        for kind, groups in part.items():
            for name, rows in groups.items():
                found.setdefault(kind, {}).setdefault(name, []).extend(rows)
    return _ordered({kind: {name: sorted(rows)[:most] for name, rows in own.items()} for kind, own in found.items()})


def _ordered(found: Kept) -> Kept:
    return {kind: dict(sorted(own.items())) for kind, own in sorted(found.items())}


@dataclass(frozen=True, kw_only=True)
class About:
    """All tallies; `groups` cuts them by language or by source."""

    opened: Opened
    flow: Sequence[Flow]
    licensed: Sequence[Licensed]
    spans: Sequence[tuple[str, str, str, int]]  # language, source, kind, spans
    lengths: Mapping[str, Mapping[str, Sequence[int]]]
    sites: Mapping[str, Mapping[str, Sequence[str]]]

    @cached_property
    def _fired(self) -> Sequence[Fired]:
        return self.opened.tally(DECIDE, Fired)

    @cached_property
    def _pairs(self) -> Sequence[Pair]:
        return self.opened.tally(ENCODE, Pair)

    def groups(self, kind: str) -> list[dict[str, Any]]:
        """Those with most documents first."""
        other = "source" if kind == "language" else "language"
        flow, across = _by(self.flow, kind), _across(self.flow, self._pairs, kind, other)
        rules = _sums(((getattr(row, kind), row.rule, row.documents) for row in self._fired), _ALL_RULES)
        pairs = _by(self._pairs, kind)
        spans = _sums(((row[:2][kind == "source"], row[2], row[3]) for row in self.spans), _MOST)
        licensed = _sums(((getattr(row, kind), row.licence, row.documents) for row in self.licensed), _MOST)
        rejects = {row.source: row.rejects for row in self.opened.tally(INGEST, Read)} if kind == "source" else {}
        fertility = self._fertility(kind)
        found = []
        for name, rows in flow.items():
            own = pairs.get(name, [])
            found.append(
                {
                    "name": name,
                    "documents": sum(row.documents for row in rows),
                    "bytes": sum(row.bytes for row in rows),
                    "outcomes": _totals((row.outcome, row.documents) for row in rows),
                    "outcome_bytes": _totals((row.outcome, row.bytes) for row in rows),
                    "corpus": sum(row.documents for row in own),
                    "tokens": sum(row.tokens for row in own),
                    "rejects": rejects.get(name, 0),
                    "rules": rules.get(name, []),
                    "across": across.get(name, []),
                    "lengths": beside.sparse(self.lengths.get(kind, {}).get(name, [])),
                    "kept_lengths": beside.sparse(self.lengths.get(f"kept {kind}", {}).get(name, [])),
                    "licences": licensed.get(name, []),
                    "sites": _sites(self.sites[kind].get(name, ())),
                    "spans": spans.get(name, []),
                    "tokens_of": fertility.get(name),
                    "copies": self._copies(name) if kind == "source" else [],
                }
            )
        return sorted(found, key=lambda row: (-row["documents"], row["name"]))

    def _fertility(self, kind: str) -> dict[str, list[float]]:
        """Tokens a word, a byte and a character, and the share of bytes fallen back, in the sample."""
        measured = Measured.read(self.opened.stage(FERTILITY).manifest)
        sizes = measured.languages(0) if kind == "language" else measured.sources(0)
        return {name: [round(value, 4) for value in size.ratios().values()] for name, size in sizes.items()}

    @cached_property
    def _copied(self) -> dict[str, list[list[Any]]]:
        found: dict[str, list[list[Any]]] = {}
        for row in sorted(self.opened.copied, key=lambda row: (-row.documents, row.source, row.kept_in)):
            found.setdefault(row.source, []).append(["went for", row.kept_in, row.documents])
            if row.kept_in != row.source:
                found.setdefault(row.kept_in, []).append(["stays for", row.source, row.documents])
        return found

    def _copies(self, name: str) -> list[list[Any]]:
        return self._copied.get(name, [])[:_MOST]


def _by(rows: Iterable[Any], kind: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, kind), []).append(row)
    return found


def _totals(items: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in items:
        found[name] += count
    return dict(sorted(found.items()))


def _sums(rows: Iterable[tuple[str, str, int]], most: int) -> dict[str, list[list[Any]]]:
    """By group: what comes most, with its sum; at last what is left, under an ellipsis."""
    found: dict[str, Counter[str]] = {}
    for group, name, count in rows:
        found.setdefault(group, Counter())[name] += count
    return {group: _first(own, most) for group, own in found.items()}


def _first(counts: Mapping[str, int], most: int) -> list[list[Any]]:
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in order[most:])
    return [*(list(item) for item in order[:most]), *([["…", rest]] if rest else [])]


def _sites(hosts: Sequence[str]) -> list[list[Any]]:
    """Hosts of the documents drawn, most first."""
    return _first(Counter(one or "(no address)" for one in hosts), _MOST)


def _across(flow: Iterable[Flow], pairs: Iterable[Pair], kind: str, other: str) -> dict[str, list[list[Any]]]:
    """Of each group the sources of a language, or languages of a source: documents, those kept, tokens."""
    found: dict[str, dict[str, list[int]]] = {}
    for row in flow:
        own = found.setdefault(getattr(row, kind), {}).setdefault(getattr(row, other), [0, 0, 0])
        own[0] += row.documents
        own[1] += row.documents * (row.outcome == "kept")
    for pair in pairs:
        own = found.setdefault(getattr(pair, kind), {}).setdefault(getattr(pair, other), [0, 0, 0])
        own[2] += pair.tokens
    return {
        group: [[name, *own] for name, own in sorted(groups.items(), key=lambda item: (-item[1][0], item[0]))]
        for group, groups in found.items()
    }
