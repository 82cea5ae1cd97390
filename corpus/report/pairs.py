"""The pairs that a report shows side by side: from places in tables to texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.losses import deduplicated
from corpus.report.chosen import Removals
from corpus.report.differences import Compared, compared
from corpus.report.people import strata
from corpus.report.samples import Place, Sample, Shelf
from corpus.store import find
from corpus.store.table import Table
from filters.arrow import array


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two documents: the one that is dropped, and the one that stays; or two that both stay."""

    one: Sample
    other: Sample
    similarity: float | None
    rule: str  # outcome of the one that is dropped; "refused" where neither is


Side = tuple[Pair, Compared]  # what differs between the two


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Everything that a report shows of duplicates; the pairs of each stratum in order of their keys."""

    removed: Mapping[str, Sequence[Pair]]  # by stratum of similarity or outcome
    clusters: Mapping[str, Sequence[Pair]]  # by stratum of size: a member and its keeper
    refused: Sequence[Pair]  # just below the threshold
    largest: Sequence[tuple[int, Sample]]  # size, head of the keeper


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What is scanned for places; no column of text."""

    clusters: Table
    contents: Table


def look(shelf: Shelf, tables: Tables, chosen: Removals, refused: Sequence[Sequence[Any]], most: int) -> Looked:
    """Texts for what corpus.report.chosen chose; `refused` as [key, content, content, similarity]; `most` pairs for
    each size of cluster."""
    removed = {name: [(p, r, k) for _, p, r, k in rows] for name, rows in chosen["removed"].items()}
    clusters = {name: [(p, r, id_) for _, p, r, id_ in rows[:most]] for name, rows in chosen["clusters"].items()}
    kept = find.places(shelf.documents, [k for rows in removed.values() for *_, k in rows])
    members = _members(tables.clusters, [id_ for rows in clusters.values() for *_, id_ in rows])
    contents = _contents(tables.contents, [key for _, a, b, _ in refused for key in (a, b)])
    places: list[Place] = [*kept.values(), *members.values(), *contents.values()]
    places += [(p, r) for rows in (*removed.values(), *clusters.values()) for p, r, _ in rows]
    places += [(p, r) for _, _, p, r in chosen["largest"]]
    texts = shelf.fetch(places)
    about = _outcomes(tables.clusters, [(p, r) for rows in removed.values() for p, r, _ in rows] + [*members.values()])

    there = {id_ for id_, place in kept.items() if texts[place].text}  # of one that was withdrawn nothing is to be seen

    def pair(dropped: Place, keeper: Place) -> Pair:
        outcome, similarity = about[dropped]
        return Pair(one=texts[dropped], other=texts[keeper], similarity=similarity, rule=outcome)

    return Looked(
        removed={n: [pair((p, r), kept[k]) for p, r, k in rows if k in there] for n, rows in removed.items()},
        clusters={
            name: [pair(members[id_], (p, r)) for p, r, id_ in clusters[name] if id_ in members]
            for name in map(strata.of_size, sorted(low for low, _ in strata.SIZES))
            if name in clusters
        },
        refused=[
            Pair(one=texts[contents[a]], other=texts[contents[b]], similarity=similarity, rule="refused")
            for _, a, b, similarity in refused
            if a in contents and b in contents
        ],
        largest=[(-size, shelf.head(texts[p, r])) for size, _, p, r in chosen["largest"]],
    )


def _members(clusters: Table, kept: Sequence[str]) -> dict[str, Place]:
    """For each id that is kept, the document least like it of those that were dropped for it; of equals the first."""
    wanted = pa.array(sorted(set(kept)), pa.string())
    found: dict[str, tuple[float, int, int]] = {}
    for part, rows in enumerate(clusters.each(["outcome", "kept_id", "jaccard"]) if len(wanted) else ()):
        here = np.flatnonzero(np.asarray(pc.is_in(rows.column("kept_id"), value_set=wanted), bool))
        for row, one in zip(here.tolist(), rows.take(array(here)).to_pylist(), strict=True):
            if deduplicated.is_lost(one["outcome"]):
                least = (one["jaccard"] if one["jaccard"] is not None else 1.0, part, row)
                found[one["kept_id"]] = min(found.get(one["kept_id"], least), least)
    return {id_: (part, row) for id_, (_, part, row) in found.items()}


def _contents(contents: Table, keys: Sequence[str]) -> dict[str, Place]:
    """The first document of each content key (hex)."""
    wanted = pa.array([bytes.fromhex(key) for key in sorted(set(keys))], pa.binary(16))
    found: dict[str, Place] = {}
    for part, rows in enumerate(contents.each(["key"]) if len(wanted) else ()):
        column = rows.column("key")
        for row in np.flatnonzero(np.asarray(pc.is_in(column, value_set=wanted), bool)).tolist():
            found.setdefault(column[row].as_py().hex(), (part, row))
    return found


def _outcomes(clusters: Table, places: Iterable[Place]) -> dict[Place, tuple[str, float | None]]:
    """Outcome and similarity of each place."""
    return dict(_read(clusters, sorted(set(places))))


def _read(clusters: Table, places: Sequence[Place]) -> Iterator[tuple[Place, tuple[str, float | None]]]:
    for part in sorted({part for part, _ in places}):
        rows = [row for p, row in places if p == part]
        found = (one for batch in clusters.take(part, rows, ["outcome", "jaccard"]) for one in batch.to_pylist())
        for row, one in zip(rows, found, strict=True):
            yield (part, row), (one["outcome"], one["jaccard"])


def first_of_each(looked: Looked, threshold: float, most: int) -> dict[str, Sequence[Pair]]:
    """The strata of removals in order, `most` pairs of each."""
    return {name: looked.removed[name][:most] for name in strata.ordered([*looked.removed], threshold)}


def sides(pairs: Sequence[Pair], chars: int) -> list[Side]:
    """The pairs with their texts compared, about `chars` code points a side."""
    return [(pair, compared(pair.one.text, pair.other.text, chars)) for pair in pairs]
