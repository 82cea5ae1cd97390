"""Survivors and edges to outcomes in one process, for as many documents as its memory holds: about 300 bytes each.

`jobs.frames.clusters` comes to the same through Spark. A *content* is what exact copies share, and its *speaker* is the
best of them; documents of an address all go where the content of the one that stays goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.contents import join, split
from corpus.duplicates.groups import begins
from corpus.duplicates.joint_election import OF_EDGES, STREAM, elect_jointly
from filters.arrow import Array, ChunkedArray, array, filled

_NEVER = np.iinfo(np.int64).max  # the age of a document without a date: after all others


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Which document of an address stays."""

    latest: bool  # or the best by rank
    restricted_first: bool


@dataclass(frozen=True, kw_only=True)
class _Contents:
    """By content: its speaker (row of a document), its key as binary(16), how many copies, whether one is restricted;
    and documents by content, the speaker first, with the number of theirs and their place in it."""

    speaker: np.ndarray
    name: Array
    copies: np.ndarray
    restricted: np.ndarray
    document: np.ndarray
    number: np.ndarray
    place: np.ndarray


def outcomes(found: pa.Table, edges: pa.Table, addresses: Addresses | None, known: int) -> pa.Table:
    """A row for each document of this release that is not simply kept: part, row, outcome, kept_id, jaccard, size,
    cluster, known, restricted.

    `found`: documents (`jobs.alike.survivors.SCHEMA`), in any order; `edges`: pairs of contents
    (`jobs.alike.edges.SCHEMA`). Keys from `known` on are of earlier releases.
    """
    rank = pc.rank(found.column("rank"), tiebreaker="dense").to_numpy()
    halves = [found.column(name).to_numpy() for name in ("high", "low")]
    lost = np.zeros(found.num_rows, bool)
    if addresses:
        first, lost = _addressed(found, rank, addresses, known)
        halves = [half[first] for half in halves]
    contents = _contents(found, rank, halves, lost)
    fate = elect_jointly(_stream(found, contents, edges))
    names = join(*(fate.column(name).to_numpy() for name in ("high", "low")))
    return _rows(found, contents, fate, pc.index_in(contents.name, names), lost, known)


def _addressed(found: pa.Table, rank: np.ndarray, addresses: Addresses, known: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each document the one of its address that stays, itself if it has none (int64), and whether that is
    another (bool)."""
    rows = np.flatnonzero(np.asarray(pc.is_valid(found.column("url_high")), bool))
    here = found.select(["key", "date", "restricted", "url_high", "url_low"]).take(array(rows))
    key, url_high, url_low = (here.column(name).to_numpy() for name in ("key", "url_high", "url_low"))
    order = [key, rank[rows]]
    if addresses.latest:
        order.append(filled(pc.negate(here.column("date")), _NEVER).to_numpy())
    if addresses.restricted_first:
        order.append(~np.asarray(here.column("restricted"), bool))
    placed = np.lexsort((*order, key < known, url_low, url_high))
    starts, number = _groups([url_high[placed], url_low[placed]])
    first = np.arange(found.num_rows)
    first[rows[placed]] = rows[placed[starts]][number]
    return first, first != np.arange(found.num_rows)


def _groups(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Of sorted rows, where each group of equal ones begins, and the number of each row's."""
    starts = begins(columns)
    return starts, np.repeat(np.arange(len(starts)), np.diff(starts, append=len(columns[0])))


def _contents(found: pa.Table, rank: np.ndarray, halves: Sequence[np.ndarray], lost: np.ndarray) -> _Contents:
    high, low = halves
    document = np.lexsort((found.column("key").to_numpy(), rank, lost, low, high))
    starts, number = _groups([high[document], low[document]])
    restricted = np.zeros(len(starts), bool)
    np.logical_or.at(restricted, number, np.asarray(found.column("restricted"), bool)[document])
    speaker = document[starts]
    return _Contents(
        speaker=speaker,
        name=join(high[speaker], low[speaker]),
        copies=np.bincount(number, minlength=len(starts)),
        restricted=restricted,
        document=document,
        number=number,
        place=np.arange(len(document)) - starts[number],
    )


def _stream(found: pa.Table, contents: _Contents, edges: pa.Table) -> pa.Table:
    """The edges between contents that are there, and those contents, as one table (STREAM)."""
    ends = []
    for side in ("a", "b"):
        name = join(*(edges.column(f"{side}_{half}").to_numpy() for half in ("high", "low")))
        ends.append(pc.index_in(name, contents.name))
    met = pc.and_(*map(pc.is_valid, ends))
    one, other = (end.filter(met).to_numpy().astype(np.int64) for end in ends)
    nodes = np.unique(np.concatenate([one, other]))
    speakers = found.select(["key", "rank", "id"]).take(array(contents.speaker[nodes]))
    high, low = split(contents.name.take(array(nodes)))
    key = found.column("key").to_numpy()[contents.speaker]
    between = edges.filter(met)
    return pa.concat_tables(
        [
            _as_stream(
                {name: speakers.column(name) for name in speakers.column_names}
                | {"other": np.full(len(nodes), -1), "high": high, "low": low}
                | {"copies": contents.copies[nodes], "restricted": contents.restricted[nodes]}
            ),
            _as_stream(
                {"key": key[one], "other": key[other]} | {new: between.column(old) for old, new in OF_EDGES.items()}
            ),
        ]
    )


def _as_stream(columns: dict[str, Any]) -> pa.Table:
    rows = len(columns["key"])
    return pa.Table.from_pydict({name: columns.get(name, pa.nulls(rows)) for name in STREAM.names}).cast(STREAM)


def _rows(found: pa.Table, contents: _Contents, fate: pa.Table, place: Array, lost: np.ndarray, known: int) -> pa.Table:
    """`place`: row of `fate` of each content, null for one that is like no other."""
    alone = (contents.copies == 1) & np.asarray(pc.is_null(place), bool)
    key = found.column("key").to_numpy()
    told = np.flatnonzero(~alone[contents.number] & (key[contents.document] < known))
    document, content = contents.document[told], contents.number[told]
    speaker = contents.speaker[content]
    ids = found.column("id")
    own = fate.take(place.take(array(content)))
    gone = np.asarray(pc.is_valid(own.column("near_id")), bool)
    first = contents.place[told] == 0
    stays = first & ~gone
    lost = lost[document]
    near = np.where(np.asarray(filled(own.column("contained"), False), bool), "contained", "near")
    outcome = np.where(lost, "url", np.where(gone, near, np.where(first, "kept", "exact")))
    keeper = pc.coalesce(own.column("near_key"), pa.array(key[speaker])).to_numpy()
    grown = filled(own.column("grown"), 0).to_numpy()
    bound = contents.restricted[content] | np.asarray(filled(own.column("near_restricted"), False), bool)
    columns: dict[str, Any] = {
        "part": key[document] >> 32,
        "row": key[document] & 0xFFFFFFFF,
        "outcome": outcome,
        "kept_id": _unless(stays, pc.coalesce(own.column("near_id"), ids.take(array(speaker)))),
        "jaccard": _unless(stays | lost, filled(own.column("jaccard"), 1.0)),
        "size": np.where(stays, contents.copies[content] + grown, 0).astype(np.int32),
        "cluster": pc.coalesce(own.column("cluster"), ids.take(array(speaker))),
        "known": ~stays & (keeper >= known),
        "restricted": stays & bound,
    }
    return pa.table(columns)


def _unless(absent: np.ndarray, values: ChunkedArray) -> ChunkedArray:
    found: ChunkedArray = pc.if_else(pa.array(absent), None, values)
    return found
